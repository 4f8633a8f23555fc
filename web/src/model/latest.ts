// One question in flight, and the latest wins: of each subject only the last one asked is kept while another is under
// way. The server takes one try at a time, so what is under the hand, what it is compared with and the state without
// edits share the line, in that order.

/** Asked again after so long where another page of the same server was in between. */
const AGAIN_MS = 120;

export interface Line<Question, Answer> {
  ask(question: Question): Promise<Answer>;
  /** The server gave way to a later question, which need not be ours. */
  gaveWay(error: unknown): boolean;
}

export interface Subject<Question, Answer> {
  answered(question: Question, answer: Answer): void;
  failed(error: unknown, question: Question): void;
}

export class Latest<Question, Answer> {
  private busy = false;
  private readonly waiting: (Question | null)[];

  /** Subjects in the order of their urgency. */
  constructor(
    private readonly line: Line<Question, Answer>,
    private readonly subjects: readonly Subject<Question, Answer>[],
  ) {
    this.waiting = subjects.map(() => null);
  }

  send(subject: number, question: Question): void {
    this.waiting[subject] = question;
    if (!this.busy) void this.run();
  }

  private async run(): Promise<void> {
    this.busy = true;
    for (;;) {
      const subject = this.waiting.findIndex((question) => question !== null);
      if (subject < 0) break;
      const question = this.waiting[subject] as Question;
      this.waiting[subject] = null;
      try {
        this.subjects[subject].answered(question, await this.line.ask(question));
      } catch (error) {
        if (!this.line.gaveWay(error)) this.subjects[subject].failed(error, question);
        else {
          this.waiting[subject] ??= question;
          await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
        }
      }
    }
    this.busy = false;
  }
}
