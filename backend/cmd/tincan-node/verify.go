package main

import "io"

func verifyExport(string, io.Writer) error { return nil }
