module github.com/tongxing/tongxing/fonts

go 1.26.0
