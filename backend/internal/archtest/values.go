package archtest

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"path"
	"strings"
)

// value is what a constant expression comes to.
type value struct {
	constant.Value

	// duration says that package time is in the expression: nanoseconds.
	duration bool
}

// declared is one constant, or variable, at the top of a package.
type declared struct {
	name  string
	in    *file
	expr  ast.Expr
	about string // what stands beside it, or above it
	plain bool   // declared with const
}

// declarations returns the constants and variables of a package by name.
func (t *tree) declarations(folder string) map[string]declared {
	found := map[string]declared{}
	for _, one := range t.files {
		if one.test || one.folder != folder {
			continue
		}
		for _, declaration := range one.syntax.Decls {
			general, ok := declaration.(*ast.GenDecl)
			if !ok || general.Tok != token.CONST && general.Tok != token.VAR {
				continue
			}
			for _, spec := range general.Specs {
				values, ok := spec.(*ast.ValueSpec)
				if !ok || len(values.Values) != len(values.Names) {
					continue
				}
				for i, name := range values.Names {
					about := comment(values.Comment, values.Doc)
					if about == "" {
						about = comment(general.Doc)
					}
					found[name.Name] = declared{name: name.Name, in: one, expr: values.Values[i], about: about, plain: general.Tok == token.CONST}
				}
			}
		}
	}
	return found
}

// comment is the first comment that says something, on one line.
func comment(groups ...*ast.CommentGroup) string {
	for _, group := range groups {
		if group != nil {
			return strings.Join(strings.Fields(group.Text()), " ")
		}
	}
	return ""
}

// times are the units of package time, in nanoseconds.
var times = map[string]int64{"Nanosecond": 1, "Microsecond": 1e3, "Millisecond": 1e6, "Second": 1e9, "Minute": 60e9, "Hour": 3600e9}

// others are constants of other modules, and lengths of arrays, that limits are made of.
var others = map[string]int64{
	"crypto/sha256.Size": 32, "crypto/ed25519.SeedSize": 32, "crypto/ed25519.SignatureSize": 64,
	module + "/backend/rendezvous/engine.Tag": 16,
}

// evaluate works out a constant expression as it stands in a file.
func (t *tree) evaluate(in *file, expr ast.Expr) (value, error) {
	unknown := func() (value, error) {
		return value{}, fmt.Errorf("archtest: %s: this is not a constant that can be worked out here", t.set.Position(expr.Pos()))
	}
	switch one := expr.(type) {
	case *ast.BasicLit:
		return value{Value: constant.MakeFromLiteral(one.Value, one.Kind, 0)}, nil
	case *ast.ParenExpr:
		return t.evaluate(in, one.X)
	case *ast.Ident:
		if constantOf, ok := t.declarations(in.folder)[one.Name]; ok {
			return t.evaluate(constantOf.in, constantOf.expr)
		}
	case *ast.SelectorExpr:
		name, ok := one.X.(*ast.Ident)
		if !ok {
			return unknown()
		}
		from := in.imported(name.Name)
		if unit, there := times[one.Sel.Name]; there && from == "time" {
			return value{Value: constant.MakeInt64(unit), duration: true}, nil
		}
		if known, there := others[from+"."+one.Sel.Name]; there {
			return value{Value: constant.MakeInt64(known)}, nil
		}
		folder, ok := inside(from)
		if constantOf, there := t.declarations(folder)[one.Sel.Name]; ok && there {
			return t.evaluate(constantOf.in, constantOf.expr)
		}
	case *ast.CallExpr:
		if len(one.Args) != 1 {
			return unknown()
		}
		switch function := one.Fun.(type) {
		case *ast.Ident: // len(Array{}), or a conversion: int64(…)
			if literal, ok := one.Args[0].(*ast.CompositeLit); ok && function.Name == "len" && len(literal.Elts) == 0 {
				return t.evaluate(in, literal.Type)
			}
			if strings.HasPrefix(function.Name, "int") || strings.HasPrefix(function.Name, "uint") || strings.HasPrefix(function.Name, "float") {
				return t.evaluate(in, one.Args[0])
			}
		case *ast.SelectorExpr: // how many characters bytes have in base64
			if function.Sel.Name == "EncodedLen" {
				argument, err := t.evaluate(in, one.Args[0])
				size, exact := int64(0), false
				if err == nil {
					size, exact = constant.Int64Val(constant.ToInt(argument.Value))
				}
				if exact {
					return value{Value: constant.MakeInt64((size + 2) / 3 * 4)}, nil
				}
			}
		}
	case *ast.BinaryExpr:
		return t.binary(in, one)
	}
	return unknown()
}

func (t *tree) binary(in *file, one *ast.BinaryExpr) (value, error) {
	left, err := t.evaluate(in, one.X)
	if err != nil {
		return value{}, err
	}
	right, err := t.evaluate(in, one.Y)
	if err != nil {
		return value{}, err
	}
	out := value{duration: left.duration || right.duration}
	switch one.Op {
	case token.SHL, token.SHR:
		by, exact := constant.Uint64Val(constant.ToInt(right.Value))
		if !exact {
			return value{}, fmt.Errorf("archtest: %s: a shift", t.set.Position(one.Pos()))
		}
		out.Value = constant.Shift(constant.ToInt(left.Value), one.Op, uint(by))
	case token.ADD, token.SUB, token.MUL:
		out.Value = constant.BinaryOp(left.Value, one.Op, right.Value)
	case token.QUO:
		out.Value = constant.BinaryOp(constant.ToInt(left.Value), token.QUO_ASSIGN, constant.ToInt(right.Value)) // of whole numbers
	default:
		return value{}, fmt.Errorf("archtest: %s: %s", t.set.Position(one.Pos()), one.Op)
	}
	return out, nil
}

// imported returns the import path behind a package's name in a file.
func (f *file) imported(name string) string {
	for i, spec := range f.syntax.Imports {
		if spec.Name != nil && spec.Name.Name == name || spec.Name == nil && path.Base(f.imports[i]) == name {
			return f.imports[i]
		}
	}
	return ""
}

// script works out a number as TypeScript writes it: the parts that limits need
// look the same in Go.
func (t *tree) script(text string) (value, error) {
	expr, err := parser.ParseExpr(text)
	if err != nil {
		return value{}, fmt.Errorf("archtest: %q is not a number: %w", text, err)
	}
	return t.evaluate(&file{syntax: &ast.File{}}, expr)
}
