// Package revocation makes what a region publishes of its registry's events: which
// of its credentials are revoked, superseded or suspended (spec/status.md).
//
// A revocation lives so:
//
//	order    somebody names references and a reason      [registry.Order]
//	event    the registry keeps it for good              [registry.Event]
//	member   of a set of its list, among all others      [Collect]
//	delta    what is new since the last publication      [Delta]
//	list     whole, once in a while                      [Lists.Documents]
//	dropped  with its list, when its month has ended     [Lists.At]
//
// The registry knows who ordered what when and why; of that a list carries the
// index and the state alone. What is published once is never taken back but for a
// suspension that ends: lists that would do so, for they come from an old copy of
// the registry, are refused ([ErrOldRegistry]).
//
// Credential 734003 of list 7943 (August 2022, shard 7) is suspended on one day
// and revoked on the next. The set {734003} is 48e66660; the delta of the second
// day takes it out of the suspended ones (head 06) and puts it to the revoked ones
// (head 04):
//
//	7943: {suspended: 734003}  -- +0448e66660 -0648e66660 -->  7943: {revoked: 734003}
//
// Nothing here signs, reads a clock or opens a file: the time of issue is in the
// head of a document.
package revocation
