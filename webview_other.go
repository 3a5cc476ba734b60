//go:build !bindings && (!linux || !cgo || !desktop)

package main

import "github.com/wailsapp/wails/v2/pkg/options/linux"

// prepareWebView has nothing to say on this system.
func prepareWebView() {}

// gpuPolicy is asked on Linux only.
func gpuPolicy() linux.WebviewGpuPolicy { return linux.WebviewGpuPolicyOnDemand }
