package service

import "testing"

func TestReadinessInWords(t *testing.T) {
	for _, c := range []struct {
		r    Readiness
		want string
	}{
		{Readiness{Ready: true}, "ready"},
		{
			Readiness{Ready: true, Held: []LaneProblems{{0, []string{"reviews wait: t has been quiet"}}, {2, []string{"reviews of 3 shards wait"}}}},
			"ready; held: partition 0: reviews wait: t has been quiet; partition 2: reviews of 3 shards wait",
		},
		{Readiness{Problems: []string{"not joined"}}, "not ready: not joined"},
		{
			Readiness{Problems: []string{"redis is away"}, Lanes: []LaneProblems{{3, []string{"paused", "no checkpoint for 40s"}}, {5, []string{"paused"}}}},
			"not ready: redis is away; partition 3: paused; no checkpoint for 40s; partition 5: paused",
		},
	} {
		if got := c.r.String(); got != c.want {
			t.Errorf("want %q, got %q", c.want, got)
		}
	}
}
