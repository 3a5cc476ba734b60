package webrtclink_test
import "testing"
func BenchmarkXOurs(b *testing.B) { for b.Loop() { b.Logf("%.1f", rate(bulkOurs(b))) } }
func BenchmarkXDef(b *testing.B) { for b.Loop() { b.Logf("%.1f", rate(bulkDefaults(b))) } }
