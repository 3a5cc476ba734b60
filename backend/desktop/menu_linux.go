package desktop

import (
	"github.com/godbus/dbus/v5"
)

// What the menu of the tray has; 0 is the menu itself.
const (
	itemOpen int32 = 1 + iota
	itemLine
	itemQuit
)

const (
	// menuVersion is that of the protocol of com.canonical.dbusmenu.
	menuVersion = uint32(3)
	// menuRevision is that of ours, which does not change.
	menuRevision = uint32(1)
)

// layout is an item with those below it.
type layout struct {
	ID         int32
	Properties map[string]dbus.Variant
	Below      []dbus.Variant
}

// properties are those of one item.
type properties struct {
	ID         int32
	Properties map[string]dbus.Variant
}

// event is something that happened to an item.
type event struct {
	ID   int32
	Kind string
	Data dbus.Variant
	Time uint32
}

// menuOf is the menu of the icon as trays ask for it.
func menuOf(d *Desk) exported {
	items := map[int32]map[string]dbus.Variant{
		0:        {"children-display": dbus.MakeVariant("submenu")},
		itemOpen: {"label": dbus.MakeVariant(d.icon.words.Open)},
		itemLine: {"type": dbus.MakeVariant("separator")},
		itemQuit: {"label": dbus.MakeVariant(d.icon.words.Quit)},
	}
	order := []int32{itemOpen, itemLine, itemQuit}
	happened := func(id int32, kind string) {
		switch {
		case kind != "clicked":
		case id == itemOpen:
			d.options.Opened()
		case id == itemQuit:
			d.options.Quit()
		}
	}
	below := func(id, depth int32) []dbus.Variant {
		list := []dbus.Variant{}
		if id == 0 && depth != 0 {
			for _, one := range order {
				list = append(list, dbus.MakeVariant(layout{ID: one, Properties: items[one], Below: []dbus.Variant{}}))
			}
		}
		return list
	}
	return exported{
		path: menuPath, name: menuInterface,
		properties: map[string]dbus.Variant{
			"Version":       dbus.MakeVariant(menuVersion),
			"TextDirection": dbus.MakeVariant("ltr"),
			"Status":        dbus.MakeVariant("normal"),
			"IconThemePath": dbus.MakeVariant([]string{}),
		},
		methods: map[string]any{
			"GetLayout": func(parent, depth int32, _ []string) (uint32, layout, *dbus.Error) {
				found, known := items[parent]
				if !known {
					return 0, layout{}, unknownItem()
				}
				return menuRevision, layout{ID: parent, Properties: found, Below: below(parent, depth)}, nil
			},
			"GetGroupProperties": func(ids []int32, _ []string) ([]properties, *dbus.Error) {
				if len(ids) == 0 {
					ids = append([]int32{0}, order...)
				}
				list := []properties{}
				for _, id := range ids[:min(len(ids), 2*len(items))] {
					if found, known := items[id]; known {
						list = append(list, properties{ID: id, Properties: found})
					}
				}
				return list, nil
			},
			"GetProperty": func(id int32, name string) (dbus.Variant, *dbus.Error) {
				found, known := items[id][name]
				if !known {
					return found, unknownItem()
				}
				return found, nil
			},
			"Event": func(id int32, kind string, _ dbus.Variant, _ uint32) *dbus.Error {
				happened(id, kind)
				return nil
			},
			"EventGroup": func(events []event) ([]int32, *dbus.Error) {
				for _, one := range events[:min(len(events), 2*len(items))] {
					happened(one.ID, one.Kind)
				}
				return []int32{}, nil
			},
			"AboutToShow":      func(int32) (bool, *dbus.Error) { return false, nil },
			"AboutToShowGroup": func([]int32) ([]int32, []int32, *dbus.Error) { return []int32{}, []int32{}, nil },
		},
	}
}

func unknownItem() *dbus.Error {
	return dbus.NewError("com.canonical.dbusmenu.Error.UnknownItem", nil)
}
