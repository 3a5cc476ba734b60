// Package search decides what a search finds: how texts are folded, what a
// query means, and which part of a text is shown for it. It keeps no index;
// stores build theirs from [Fold], and every store finds the same.
//
// # Folding
//
// A text is a list of pieces. Letters and digits of scripts that put spaces
// between words make words; Chinese, Japanese, Korean, Thai and others that do
// not (or where parts of words are looked for), and symbols such as emoji, make
// runs. Everything else only separates. Case, width, compatibility forms (NFKC)
// and diacritics of words are folded away; an apostrophe joins ("don't" is
// "dont").
//
// # Queries
//
// Terms are separated by anything that is no letter, and all of them must be
// found. A word finds words that begin with it; a single letter only itself. A
// run finds every run that contains it, one character suffices. What stands in
// quotes is found as whole words in this order with nothing but punctuation
// between them. There are no operators. [Query.Respell] offers another spelling
// of what nothing was found for.
package search
