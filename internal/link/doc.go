// Package link says which ids mean one customer: whose link is whose, what each id sends to which other id, and what each id reads.
//
// An id's link is its last word (MERGED_INTO) by (occurred_at, event_id). A word that names the id itself takes the link back. Links form
// chains, trees and cycles. Each id keeps its own history in its own shard, its home; histories are never united. An id that is linked sends
// its history, whole, to the id that it is linked to, and whatever else it has been sent. So all histories flow to the one id that survives:
//
//	ann ──[ann]──> bob ──[bob] [ann bob]──> cat     cat is linked to nobody: it survives, and reads ann, bob and its own
//
// Every arrow is a message over the topic of links, keyed by the receiver. A part carries its path: the ids that it has passed. On a cycle the
// part of an id comes back to it. The least id then survives: it forwards nothing, but still sends its own part, which comes back as long as
// the cycle stands. Once ann hears of the cycle, it holds back what bob and cat have sent:
//
//	ann <──[cat] [bob cat] [ann bob cat]── cat
//	 │                                      ^
//	 └───[ann]───> bob ──[bob] [ann bob]────┘      ann survives, and reads bob and cat
//
// # What everybody holds
//
// Once all messages are read, an id holds the parts of those ids whose walk along the links passes it, from the first step to the survivor
// included. The survivor of a cycle holds its own part besides, without content. Nobody else holds content of anybody. Of ids that left, an id
// keeps the last word alone. What stays of what is not forwarded any more is a hash and marks.
//
// # Order
//
// A home may lose its last commits in a failover. It then applies the records again, perhaps in another order across partitions, and sends
// again. So a part carries what orders the states of its sender: the sender's last word, and the marks of the sender's home.
//
//   - A newer word drops all that the sender has sent under older words; an older word is ignored. One withdrawn part, the own one, therefore
//     tells an old target that all parts are withdrawn. It also ends parts that a lost state of the home has sent.
//   - Under one word a part replaces the one of the same origin unless none of its marks is greater. The marks are those of the sender's home,
//     the topic of links included. The marks of the origin's home would not do: an id on the way can stop forwarding a part whose origin has
//     not changed, and nothing would tell the newer message from the older one.
//   - The first part under a word (Part.First) ends what a lost state of the home has sent under this word and the new one never would.
//     Otherwise a home that forwarded a part, lost that, and now hears of the part's end before it hears of its own word would never withdraw
//     it.
//   - A word that comes after a newer one changes nothing: nobody has ever heard of it.
//
// What the caller must do for this: call Messages at each word, each erasure and each message of links by itself (other events of a commit may
// be taken together), and publish the messages of an id in order. Before a home reads an erasure from the topic of links, it reads all words
// that were recorded up to the instant of the erasure: else the id is erased before it knows whom it must tell. Homes that read their inputs
// by record time do so. A message may be repeated at any time while the state that sent it was not
// lost. A process that was replaced must not publish after its successor has: if the two have applied records in different orders, neither
// message is newer, and the last one stays until the next change.
//
// # Erasure
//
// An erasure at an instant erases all ids that links join at that instant. It goes from link to link. Every link is judged by the id whose link
// it is, since only that id knows which of its words decided at that instant:
//
//	       <──(erased at 50)── bob ──(erased at 50; linked to you since 10)──> cat
//	ann: "At 50 I was linked          bob was linked to cat, so cat is
//	to bob", or else ann stays        erased, and tells others in turn
//
// An id therefore remembers its last 32 words, not the last one alone: ann may have unlinked herself after the erasure and before she hears of
// it. An erasure is told to everybody whom the state names. It is not told straight to the origins of parts, because no other id knows whether
// each link on the way was in force.
//
// After an erasure the state is the tombstone alone, but for words and parts that are younger. The tombstone swallows what is not younger, and
// answers a part with the erasure. That suffices against late repetitions: no word need be kept. An answer to an old part that comes late
// erases nobody, since the sender judges its own link. An id that hears of an erasure, but is not the same customer, drops the name. It keeps
// a hash, by which old parts of the erased id stay out.
//
// # Limits
//
//   - If an id is erased twice before the first erasure has reached an id that unlinks itself in between, the tombstone answers with the later
//     instant alone: that id is not erased. If two erasures of one customer travel at once, the later may run ahead over a link that the
//     earlier is about to cut: an id is then erased at the later instant.
//   - A word that is backdated to before an erasure of its target erases its own id. If it is backdated to before an erasure that still
//     travels, the outcome depends on which comes first.
//   - Of more than 32 words of one id the oldest are lost: an erasure of an instant before them does not find that id's link, and the targets of
//     lost words keep the id's name if it is erased.
//   - An id holds at most MaxParts parts, of MaxPartBytes together, and remembers at most MaxSenders senders. Of more, those count that came
//     first, and a part that would grow beyond the bound stays as it was. An erasure reaches all senders that are remembered; others hear of it
//     when they send next.
//   - A part passes as many ids as a message may name (event.MaxLinkPath). Who would send it further does not: ids beyond are not read from it. On
//     a longer cycle nobody meets itself, so nobody survives until a link is taken back.
//   - If an id of a former cycle reads nothing for long, and an id of that cycle is on another cycle meanwhile, two ids may take turns as the
//     survivor of the other cycle, and messages go round, until the first reads again.
//   - When a link is said again, the target holds nothing of the sender between the first message and the last of one change.
package link
