package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"github.com/tincan-chat/tincan/backend/sim"
)

func main() {
	seed := flag.Uint64("seed", 1, "")
	story := flag.Bool("story", false, "")
	flag.Parse()
	plan := sim.NewPlan(*seed, sim.Short)
	var log *os.File
	if *story {
		log = os.Stdout
		r, err := sim.Run(context.Background(), plan, log)
		fmt.Printf("%+v %v\n", r, err)
		return
	}
	r, err := sim.Run(context.Background(), plan, nil)
	fmt.Println(plan)
	fmt.Printf("%+v %v\n", r, err)
}
