package store_test

import (
	"math/rand/v2"
	"strings"
)

// common are the most frequent English words, most frequent first.
var common = strings.Fields(`the to and i a you of it in is that for on my me have be with this not are but so was do we at if just what your
	as can all will get they no up out or like from an about when know one there he go think now would good see time how she then got some
	him come back her our make really going work want here right well too them yes need has today who day should let us sure tomorrow more
	over where thanks maybe after take why his did something only been people those other could because very much did into than say still
	before never always around home call week night great sorry later please meet thing tell down better next which even way look also`)

// speech makes messages as people write them: words by Zipf's law, a few to
// a few dozen of them, in English or Chinese, now and then both.
type speech struct {
	random  *rand.Rand
	english []string
	chinese []string
	rank    *rand.Zipf // into both
}

func newSpeech(seed uint64) *speech {
	vocabulary := rand.New(rand.NewPCG(1, 2)) // the same for all
	s := &speech{random: rand.New(rand.NewPCG(seed, 3)), english: append([]string{}, common...)}
	s.rank = rand.NewZipf(s.random, 1.05, 3, 29_999)
	onsets := strings.Fields("b bl br c ch cl cr d dr f fl fr g gl gr h j k l m n p pl pr qu r s sc sh sl sp st str t th tr v w")
	vowels := strings.Fields("a a e e i o o u ai ea ee io ou")
	codas := []string{"", "", "n", "r", "s", "t", "l", "m", "nd", "ng", "ck", "st", "d"}
	pick := func(list []string) string { return list[vocabulary.IntN(len(list))] }
	for len(s.english) < 30_000 {
		var word strings.Builder
		for range 1 + vocabulary.IntN(4) {
			word.WriteString(pick(onsets) + pick(vowels) + pick(codas))
		}
		s.english = append(s.english, word.String())
	}
	// 3,500 characters by Zipf's law as well; the 150 most frequent words are
	// one character long, most of the others two.
	frequent := rand.NewZipf(vocabulary, 1.02, 20, 3499)
	character := func() string { return string(rune(0x4e00 + (frequent.Uint64()*2749)%20_000)) }
	for len(s.chinese) < 30_000 {
		word := character()
		if len(s.chinese) >= 150 {
			word += character()
			if vocabulary.IntN(5) == 0 {
				word += character()
			}
		}
		s.chinese = append(s.chinese, word)
	}
	return s
}

// message returns a text: 60 % English, 35 % Chinese, 5 % both.
func (s *speech) message() string {
	kind := s.random.IntN(100)
	length := 1 + int(s.random.ExpFloat64()*9)
	if s.random.IntN(200) == 0 {
		length *= 15
	}
	var text strings.Builder
	for i := range min(length, 2000) {
		word := int(s.rank.Uint64())
		if kind < 60 || kind >= 95 && i%4 != 0 {
			if i > 0 {
				text.WriteByte(' ')
			}
			text.WriteString(s.english[word])
			continue
		}
		text.WriteString(s.chinese[word])
		if s.random.IntN(7) == 0 {
			text.WriteString("，")
		}
	}
	return text.String()
}

// name returns a person's name: two English words, or in three of ten cases
// two or three Chinese characters.
func (s *speech) name() string {
	if s.random.IntN(10) < 3 {
		return s.chinese[150+s.random.IntN(len(s.chinese)-150)]
	}
	word := func() string {
		word := s.english[len(common)+s.random.IntN(len(s.english)-len(common))]
		return strings.ToUpper(word[:1]) + word[1:]
	}
	return word() + " " + word()
}
