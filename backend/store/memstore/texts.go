package memstore

// Texts returns the texts of messages, and those they were edited to, of which
// a copy is anywhere on the disk, shown or not.
func (d *Disk) Texts() map[string]bool {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	texts := map[string]bool{}
	for _, one := range d.content.entries {
		addTexts(texts, one)
	}
	// What is not in the index of names any more counts as well.
	for _, v := range d.content.conversations {
		for _, kept := range v.logs {
			for _, one := range kept.entries {
				addTexts(texts, one)
			}
		}
		for _, one := range v.timeline {
			addTexts(texts, one)
		}
		texts[v.draft] = true
	}
	for _, about := range d.content.changes {
		for _, one := range about {
			addTexts(texts, one)
		}
	}
	for _, request := range d.content.requests {
		texts[request.Text] = true
	}
	delete(texts, "")
	return texts
}

func addTexts(texts map[string]bool, one *entry) {
	texts[one.content.Text] = true
	if len(one.Entry.Body) == 0 {
		return
	}
	if message, err := one.Entry.Message(); err == nil {
		texts[message.Text] = true
	}
	if edit, err := one.Entry.Edit(); err == nil {
		texts[edit.Text] = true
	}
}
