package natsbackup

import (
	"encoding/json"
	"errors"
	"testing"
)

func TestNamesOfPieces(t *testing.T) {
	t.Parallel()
	for name, good := range map[string]bool{
		"TINCAN_TAGS/stream.json": true, "KV_tincan_bans/000001": true, "TINCAN_MAIL_contact-small-0/000002": true,
		"": false, "/": false, "A": false, "A/": false, "/stream.json": false, "../stream.json": false, "A.B/stream.json": false,
		"A/../x": false, "A/b/c": false, "A B/000001": false, "A/other.json": false, "A>/000001": false, "*/000001": false,
	} {
		if _, _, ok := stream(name); ok != good {
			t.Errorf("%q: %t", name, ok)
		}
	}
}

func TestDescriptionIsForOneServer(t *testing.T) {
	t.Parallel()
	made, err := readDescribed("A", []byte(`{"config":{"name":"A","num_replicas":3,"placement":{"cluster":"x"},"max_age":12345678901234567},"state":{"messages":1}}`))
	if err != nil {
		t.Fatal(err)
	}
	var config map[string]any
	if err = json.Unmarshal(made.Config, &config); err != nil || config["num_replicas"] != 1.0 || config["placement"] != nil {
		t.Errorf("configuration %v, %v", config, err)
	}
	var exact struct {
		MaxAge int64 `json:"max_age"`
	}
	if err = json.Unmarshal(made.Config, &exact); err != nil || exact.MaxAge != 12345678901234567 {
		t.Errorf("a large number became %d, %v", exact.MaxAge, err)
	}
}

func FuzzDescription(f *testing.F) {
	for _, seed := range []string{
		`{"config":{"name":"A"},"state":{}}`, `{"config":{"name":"B"},"state":{}}`, `{"config":null,"state":{}}`, `{"config":[]}`, `{}`, ``,
		`{"error":{"code":404,"description":"no"}}`, `{"deliver_subject":"x"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		made, err := readDescribed("A", data)
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Errorf("readDescribed: %v", err)
			}
		} else if again, againErr := json.Marshal(made); againErr != nil || len(again) == 0 {
			t.Errorf("it cannot be sent: %v", againErr)
		}
		if said, answerErr := readAnswer(data); answerErr == nil && said.Error != nil {
			t.Error("an error was taken for an answer")
		}
	})
}
