// Package publisher puts bundles into a folder from which any server of files
// can give them to devices, and is such a server itself. The folder is that of
// spec/distribution.md:
//
//	latest               the pointer: names what follows
//	bundle/HASH.bundle   the newest bundle, and those before it
//	delta/HASH.delta     from those before it to the newest
//
// A publication writes files under names of their content, makes sure that they
// are on stable storage, and replaces the pointer last:
//
//	p, err := publisher.Open("/srv/trust", publisher.Options{Keep: 14})
//	defer p.Close()
//	published, err := p.Publish(bundle, clock)
//
// so that whoever reads the folder, at any moment and after any power cut, finds
// the publication before or the new one, whole. What the publication before
// named stays: a device that has read the old pointer can finish.
//
// [NewHandler] serves such a folder over HTTP, and nothing beside the layout.
//
// Nothing here is secret and nothing here is trusted: a device believes what the
// documents in the bundle prove. The package reads no clock.
package publisher
