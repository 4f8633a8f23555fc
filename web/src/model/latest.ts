// One request in flight, and the latest wins: while one is under way, only the last of those asked for meanwhile is kept.

export class Latest<Question, Answer> {
  private busy = false;
  private waiting: Question | null = null;

  constructor(
    private readonly ask: (question: Question) => Promise<Answer>,
    private readonly answered: (question: Question, answer: Answer) => void,
    private readonly failed: (error: unknown, question: Question) => void,
  ) {}

  get idle(): boolean {
    return !this.busy && this.waiting === null;
  }

  send(question: Question): void {
    this.waiting = question;
    if (!this.busy) void this.run();
  }

  private async run(): Promise<void> {
    this.busy = true;
    while (this.waiting !== null) {
      const question = this.waiting;
      this.waiting = null;
      try {
        this.answered(question, await this.ask(question));
      } catch (error) {
        this.failed(error, question);
      }
    }
    this.busy = false;
  }
}
