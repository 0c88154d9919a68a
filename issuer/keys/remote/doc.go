// Package remote signs with keys that another process on the same machine holds.
//
// The process that faces the network, or works through a hundred million records,
// holds no key and links no driver: it asks the signer, over a unix socket, to
// sign digests. Both ends are here: a [Server] over whatever implements
// [keys.DigestSigner], and a [Client] whose keys are such signers again.
//
//	listener, err := remote.Listen("/run/tongxing/signer.sock")  // mode 0600
//	server, err := remote.NewServer(remote.ServerOptions{Signers: held, Clock: time.Now})
//	err = server.Serve(ctx, listener)
//
//	client, err := remote.Dial(remote.Options{Path: "/run/tongxing/signer.sock", Clock: time.Now})
//	signature, err := keys.Messages(client.Keys()[0]).Sign(message)
//
// Each end asks the system who the other is, and talks to processes of its own
// user alone.
//
// A connection carries requests one after the other, each answered before the
// next. A frame is a length of four bytes, big endian, and so many bytes of
// deterministic CBOR (RFC 8949 section 4.2.1), at most 8,768 of a request and
// 16,912 of an answer:
//
//	request = [0]                             ; which keys are there
//	        / [1, thumbprint, digest]         ; sign, see keys.DigestSigner
//	        / [3, thumbprint, [1*256 digest]] ; sign all of them, or none
//	answer  = [0, [1*64 [alg, point]]]        ; alg as in COSE, point of 33 bytes
//	        / [1, signature]                  ; r || s, 64 bytes
//	        / [2, fault]
//	        / [3, [1*256 signature]]          ; in the order of the digests
//	thumbprint = bstr .size 32                ; RFC 9679
//	digest     = bstr .size 32
//	fault      = 1 / 2 / 3                    ; see Fault
//
// A request to sign, and its answer:
//
//	00000046 83 01 5820 <32 bytes> 5820 <32 bytes>
//	00000044 82 01 5840 <64 bytes>
//
// Work in bulk asks for many signatures at once, because an exchange costs more than
// a signature does. A signer older than that request answers fault 1, and is asked
// for one at a time from then on.
//
// A signature arrives whole or not at all, and one that is lost on the way is
// garbage: nothing was issued with it. So the client asks once more, on a fresh
// connection, when one that it kept turns out to be dead, as they all are after
// the signer was restarted.
package remote
