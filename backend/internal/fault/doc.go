// Package fault names the steps at which a process may die, so that a test can
// end it there and see that nothing was lost. It also names bounds that take long to
// reach, so that a test can have them near.
//
// In what is shipped, Point does nothing, On is false and Number is what it is
// given: the compiler leaves nothing of them. Built with the tag "faults", a process writes each point
// that it reaches to a file, or dies by SIGKILL at one of them:
//
//	TINCAN_FAULTS_RECORD=FILE    append the name of each point, a line each
//	TINCAN_FAULTS_KILL=NAME#N    die when NAME is reached for the Nth time, from 1
//	TINCAN_FAULTS_NUMBER=NAME=N  take N where Number is asked for NAME
//
// Names are "part.step": small letters, and the name of what is written where
// one step writes several things. backend/e2e enumerates them: nothing has to be
// told of a new one.
package fault
