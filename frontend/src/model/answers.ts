// What is written to people who ask, before they are accepted. Only here: nothing of it is sent or kept.
const answers = new Map<string, string>();

/** What was written as an answer to a request. */
export function answerOf(request: string): string {
  return answers.get(request) ?? '';
}

export function keepAnswer(request: string, text: string): void {
  if (text === '') answers.delete(request);
  else answers.set(request, text);
}

export function forgetAnswers(): void {
  answers.clear();
}
