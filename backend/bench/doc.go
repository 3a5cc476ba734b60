// Command bench measures the whole device and prints one table: each figure,
// what it should reach, and what it is compared with in the same run, since
// machines are noisy and a ratio says more than a number.
package main
