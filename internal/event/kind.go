package event

// The closed sets. Their order is the order of the symbols in the Avro schemas, UNKNOWN first. Profiles store the numbers: never
// reorder a set, only append. The count of a set stands at the end of its constants, so it moves with every constant that is
// appended; its type is int, so that it is no member of the set.

// PurchaseKind says what happened to the money.
type PurchaseKind uint8

// The kinds of Purchase.
const (
	UnknownPurchase PurchaseKind = iota
	Order
	Refund
	Cancel
	PaymentFailed
	PaymentOverdue
	Paid
	Chargeback

	// PurchaseKinds is the number of kinds, UNKNOWN included.
	PurchaseKinds int = iota
)

var purchaseKinds = [...]string{"UNKNOWN", "ORDER", "REFUND", "CANCEL", "PAYMENT_FAILED", "PAYMENT_OVERDUE", "PAID", "CHARGEBACK"}

func (k PurchaseKind) String() string { return symbol(purchaseKinds[:], int(k)) }

// ParsePurchaseKind returns the kind of a symbol; UnknownPurchase where the symbol is unknown.
func ParsePurchaseKind(s string) PurchaseKind { return PurchaseKind(index(purchaseKinds[:], s)) }

// InteractionKind says how the customer touched the business, or the business the customer.
type InteractionKind uint8

// The kinds of Interaction.
const (
	UnknownInteraction InteractionKind = iota
	PageView
	ProductView
	CartAdd
	CheckoutStart
	EmailOpen
	EmailClick
	AppSession
	Login
	SupportContact
	ReferralMade
	Unsubscribe
	ConsentChanged
	OutreachSent
	OfferRedeemed
	Attributes
	Erased
	MergedInto
	Other

	// InteractionKinds is the number of kinds, UNKNOWN included.
	InteractionKinds int = iota
)

var interactionKinds = [...]string{
	"UNKNOWN", "PAGE_VIEW", "PRODUCT_VIEW", "CART_ADD", "CHECKOUT_START", "EMAIL_OPEN", "EMAIL_CLICK",
	"APP_SESSION", "LOGIN", "SUPPORT_CONTACT", "REFERRAL_MADE", "UNSUBSCRIBE", "CONSENT_CHANGED", "OUTREACH_SENT",
	"OFFER_REDEEMED", "ATTRIBUTES", "ERASED", "MERGED_INTO", "OTHER",
}

// interactionWeights are depths by kind: view < cart < checkout, open < click. A kind that is no engagement of the customer's own
// weighs nothing.
var interactionWeights = [...]int32{
	PageView: 1, ProductView: 2, CartAdd: 5, CheckoutStart: 8, EmailOpen: 1, EmailClick: 3, AppSession: 2, Login: 2,
	SupportContact: 3, ReferralMade: 10, OfferRedeemed: 8, Other: 1,
}

func (k InteractionKind) String() string { return symbol(interactionKinds[:], int(k)) }

// Weight is the depth of one touch of this kind, 0 to 10; zero for kinds that are no engagement.
func (k InteractionKind) Weight() int32 {
	if int(k) < len(interactionWeights) {
		return interactionWeights[k]
	}
	return 0
}

// ParseInteractionKind returns the kind of a symbol; UnknownInteraction where the symbol is unknown.
func ParseInteractionKind(s string) InteractionKind {
	return InteractionKind(index(interactionKinds[:], s))
}

// FeedbackKind says in which form the customer spoke.
type FeedbackKind uint8

// The kinds of Feedback.
const (
	UnknownFeedback FeedbackKind = iota
	NPS
	CSAT
	Review
	Complaint
	ComplaintResolved

	// FeedbackKinds is the number of kinds, UNKNOWN included.
	FeedbackKinds int = iota
)

var feedbackKinds = [...]string{"UNKNOWN", "NPS", "CSAT", "REVIEW", "COMPLAINT", "COMPLAINT_RESOLVED"}

func (k FeedbackKind) String() string { return symbol(feedbackKinds[:], int(k)) }

// ParseFeedbackKind returns the kind of a symbol; UnknownFeedback where the symbol is unknown.
func ParseFeedbackKind(s string) FeedbackKind { return FeedbackKind(index(feedbackKinds[:], s)) }

// Subject is what a feedback is about.
type Subject uint8

// The subjects of Feedback.
const (
	UnknownSubject Subject = iota
	AboutPrice
	AboutService
	AboutProduct
	AboutDelivery
	AboutAfterSales
	AboutBrand
	AboutOther

	// Subjects is the number of subjects, UNKNOWN included.
	Subjects int = iota
)

var subjects = [...]string{"UNKNOWN", "PRICE", "SERVICE", "PRODUCT", "DELIVERY", "AFTER_SALES", "BRAND", "OTHER"}

func (s Subject) String() string { return symbol(subjects[:], int(s)) }

// ParseSubject returns the subject of a symbol; UnknownSubject where the symbol is unknown.
func ParseSubject(s string) Subject { return Subject(index(subjects[:], s)) }

// Disposition is a person's verdict on an alert.
type Disposition uint8

// The dispositions of an alert.
const (
	UnknownDisposition Disposition = iota
	Useful
	FalseAlarm
	Contacted
	Saved

	// Dispositions is the number of dispositions, UNKNOWN included.
	Dispositions int = iota
)

var dispositions = [...]string{"UNKNOWN", "USEFUL", "FALSE_ALARM", "CONTACTED", "SAVED"}

func (d Disposition) String() string { return symbol(dispositions[:], int(d)) }

// ParseDisposition returns the disposition of a symbol; UnknownDisposition where the symbol is unknown.
func ParseDisposition(s string) Disposition { return Disposition(index(dispositions[:], s)) }

func symbol(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return names[0]
}

func index(names []string, s string) int {
	for i, name := range names {
		if name == s {
			return i
		}
	}
	return 0
}
