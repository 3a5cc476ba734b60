// Command sim carries out schedules of the simulation and reports: 10,000
// seeds, or one plan as it was printed, with its story or made smaller.
package main
