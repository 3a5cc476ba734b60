package app

import "slices"

// mergeChanges puts two changes into one that does the same as both in order.
func mergeChanges(first, second Changes) Changes {
	merged := first
	merged.Sequence = second.Sequence
	merged.Reset = first.Reset || second.Reset
	merged.Problem = later(first.Problem, second.Problem)
	merged.Profile = later(first.Profile, second.Profile)
	merged.Settings = later(first.Settings, second.Settings)
	merged.Network = later(first.Network, second.Network)
	merged.Conversations, merged.RemovedConversations = mergeRemovable(
		first.Conversations, second.Conversations, first.RemovedConversations, second.RemovedConversations,
		func(c Conversation) string { return c.ID })
	merged.ClearedConversations = mergeByID(first.ClearedConversations, second.ClearedConversations, func(id string) string { return id })
	merged.Messages, merged.RemovedMessages = mergeRemovable(
		uncleared(first.Messages, second.ClearedConversations), second.Messages, first.RemovedMessages, second.RemovedMessages,
		func(m Message) string { return m.ID })
	merged.Requests, merged.RemovedRequests = mergeRemovable(
		first.Requests, second.Requests, first.RemovedRequests, second.RemovedRequests,
		func(r Request) string { return r.ID })
	merged.Notice = later(first.Notice, second.Notice)
	merged.Locked = first.Locked || second.Locked
	merged.Progress = later(first.Progress, second.Progress)
	merged.Repair = later(first.Repair, second.Repair)
	merged.BansChanged = first.BansChanged || second.BansChanged
	if second.OpenConversation != "" {
		merged.OpenConversation, merged.OpenMessage = second.OpenConversation, second.OpenMessage
	}
	merged.OpenRequests = first.OpenRequests || second.OpenRequests
	if second.PasteInvite != "" {
		merged.PasteInvite = second.PasteInvite
	}
	return merged
}

func later[T any](first, second *T) *T {
	if second != nil {
		return second
	}
	return first
}

// mergeByID replaces what is there and adds what is not, in order.
func mergeByID[T any](first, second []T, id func(T) string) []T {
	if len(first) == 0 {
		return second
	}
	if len(second) == 0 {
		return first
	}
	merged := slices.Clone(first)
	places := make(map[string]int, len(merged))
	for i, one := range merged {
		places[id(one)] = i
	}
	for _, one := range second {
		if place, known := places[id(one)]; known {
			merged[place] = one
			continue
		}
		places[id(one)] = len(merged)
		merged = append(merged, one)
	}
	return merged
}

// mergeRemovable does so for what can be removed and come again.
func mergeRemovable[T any](first, second []T, removedFirst, removedSecond []string, id func(T) string) (there []T, removed []string) {
	there = mergeByID(first, second, id)
	if len(removedFirst) == 0 && len(removedSecond) == 0 {
		return there, nil
	}
	there = slices.DeleteFunc(slices.Clone(there), func(one T) bool {
		return slices.Contains(removedSecond, id(one)) && !slices.ContainsFunc(second, func(other T) bool { return id(other) == id(one) })
	})
	for _, one := range slices.Concat(removedFirst, removedSecond) {
		back := slices.ContainsFunc(there, func(other T) bool { return id(other) == one })
		if !back && !slices.Contains(removed, one) {
			removed = append(removed, one)
		}
	}
	return there, removed
}

// uncleared are the messages that were told before some conversations were cleared,
// without those of these.
func uncleared(messages []Message, cleared []string) []Message {
	if len(cleared) == 0 {
		return messages
	}
	return slices.DeleteFunc(slices.Clone(messages), func(m Message) bool { return slices.Contains(cleared, m.Conversation) })
}
