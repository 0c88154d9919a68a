module example.org/guard

go 1.26.0

require github.com/tongxing/tongxing v0.0.0

require (
	github.com/emmansun/gmsm v0.42.0 // indirect
	github.com/fxamacker/cbor/v2 v2.9.6 // indirect
	github.com/x448/float16 v0.8.4 // indirect
	golang.org/x/crypto v0.58.0 // indirect
)

replace github.com/tongxing/tongxing => ../..
