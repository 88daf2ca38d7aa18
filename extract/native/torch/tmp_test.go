package torch
import ("testing";"os";"github.com/arch-extract/arch-extract/extract/interp")
func TestTmp(t *testing.T){
 in := interp.New(noSource{}, interp.NewTable(Entries()), interp.Limits{})
 src,_:=os.ReadFile("/tmp/w/tmp.py")
 if e:=catch(in,func(){in.RunString("tmp.py",string(src))}); e!="" {t.Log(e)}
 if r:=in.Try(func(){in.RunString("tmp.py",string(src))}); r!=nil { for _,f:=range r.Trace {t.Log(f.Func,f.At)} }
}
