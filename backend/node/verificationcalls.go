package node

import (
	"context"

	"github.com/google/uuid"
)

// Compared implements Commands.
func (n *Node) Compared(ctx context.Context, conversation uuid.UUID, same bool) error {
	return do(ctx, n, comparedCall{conversation, same})
}

// ForgetCompared implements Commands.
func (n *Node) ForgetCompared(ctx context.Context, conversation uuid.UUID) error {
	return do(ctx, n, forgetComparedCall{conversation})
}

// StartCheck implements Commands.
func (n *Node) StartCheck(ctx context.Context, conversation uuid.UUID) error {
	return do(ctx, n, startCheckCall{conversation})
}

// AnswerCheck implements Commands.
func (n *Node) AnswerCheck(ctx context.Context, conversation uuid.UUID, yes bool) error {
	return do(ctx, n, answerCheckCall{conversation, yes})
}

// FinishCheck implements Commands.
func (n *Node) FinishCheck(ctx context.Context, conversation uuid.UUID, same bool) error {
	return do(ctx, n, finishCheckCall{conversation, same})
}

// Retire implements Commands.
func (n *Node) Retire(ctx context.Context) error { return do(ctx, n, retireCall{}) }
