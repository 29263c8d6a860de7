package deploy_test

import (
	"encoding/json"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// board is the part of a dashboard that the tests read.
type board struct {
	UID    string
	Panels []struct {
		ID          int
		Type, Title string
		Datasource  source
		GridPos     struct{ X, Y, W, H int }
		Targets     []struct {
			RefID, Expr string
			Datasource  source
		}
	}
}

type source struct{ Type, UID string }

func dashboard(t *testing.T) board {
	t.Helper()
	var b board
	if err := json.Unmarshal([]byte(text(t, "deploy/grafana/tidemark.json")), &b); err != nil {
		t.Fatal(err)
	}
	if len(b.Panels) < 10 {
		t.Fatalf("the dashboard has %d panels, want more", len(b.Panels))
	}
	return b
}

func TestDashboardIsDrawn(t *testing.T) {
	b := dashboard(t)
	ids, grid := map[int]string{}, map[[2]int]string{}
	for _, p := range b.Panels {
		if p.Title == "" || ids[p.ID] != "" {
			t.Errorf("panel %d is %q and %q, want one title", p.ID, p.Title, ids[p.ID])
		}
		ids[p.ID] = p.Title
		if g := p.GridPos; g.W < 1 || g.H < 1 || g.X+g.W > 24 {
			t.Errorf("%s: at %+v, want it within 24 columns", p.Title, g)
		}
		for x := range p.GridPos.W {
			for y := range p.GridPos.H {
				cell := [2]int{p.GridPos.X + x, p.GridPos.Y + y}
				if other := grid[cell]; other != "" {
					t.Fatalf("%s lies on %s at %v", p.Title, other, cell)
				}
				grid[cell] = p.Title
			}
		}
		if (p.Type == "row") != (len(p.Targets) == 0) {
			t.Errorf("%s: a %s of %d queries", p.Title, p.Type, len(p.Targets))
		}
		refs := map[string]bool{}
		for _, target := range p.Targets {
			if target.Expr == "" || refs[target.RefID] {
				t.Errorf("%s: query %s %q, want one, with a name of its own", p.Title, target.RefID, target.Expr)
			}
			refs[target.RefID] = true
		}
	}
}

// TestGrafanaIsProvisioned checks that every query asks the one data source, and that Prometheus listens at the data source's
// address. It also checks that the dashboard is in the folder of dashboards, and is the home dashboard.
func TestGrafanaIsProvisioned(t *testing.T) {
	p := project(t)
	var given struct {
		Datasources []struct {
			UID, Type, URL string
			IsDefault      bool `yaml:"isDefault"`
		}
	}
	if err := yaml.Unmarshal([]byte(text(t, "deploy/grafana/datasource.yml")), &given); err != nil {
		t.Fatal(err)
	}
	if len(given.Datasources) != 1 {
		t.Fatalf("%d data sources, want one", len(given.Datasources))
	}
	one := given.Datasources[0]
	if one.URL != "http://prometheus:9090" || p.Services["prometheus"].Ports[0].Target != 9090 || !one.IsDefault {
		t.Errorf("the data source is %+v, want Prometheus at its port %d by default", one, p.Services["prometheus"].Ports[0].Target)
	}
	want := source{one.Type, one.UID}
	for _, panel := range dashboard(t).Panels {
		for _, target := range panel.Targets {
			if panel.Datasource != want || target.Datasource != want {
				t.Errorf("%s asks %v and %v, want %v", panel.Title, panel.Datasource, target.Datasource, want)
			}
		}
	}

	var found struct {
		Providers []struct {
			Type    string
			Options struct{ Path string }
		}
	}
	if err := yaml.Unmarshal([]byte(text(t, "deploy/grafana/dashboards.yml")), &found); err != nil {
		t.Fatal(err)
	}
	grafana := p.Services["grafana"]
	mounted := map[string]string{}
	for _, v := range grafana.Volumes {
		mounted[v.Target] = filepath.Base(v.Source)
	}
	home := environment(grafana)["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
	if len(found.Providers) != 1 || found.Providers[0].Type != "file" || path.Dir(home) != found.Providers[0].Options.Path || mounted[home] != "tidemark.json" {
		t.Errorf("Grafana looks for dashboards in %+v, and shows %s first; mounted are %v", found.Providers, home, mounted)
	}
	for folder, file := range map[string]string{"datasources": "datasource.yml", "dashboards": "dashboards.yml"} {
		in := "/etc/grafana/provisioning/" + folder + "/tidemark.yml"
		if mounted[in] != file {
			t.Errorf("%s is %q, want %s", in, mounted[in], file)
		}
	}
	for name := range environment(grafana) {
		if !strings.HasPrefix(name, "GF_") {
			t.Errorf("grafana: variable %s, want GF_SECTION_KEY", name)
		}
	}
}
