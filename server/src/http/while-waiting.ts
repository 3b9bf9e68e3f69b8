import type { FastifyReply } from "fastify";

/**
 * Answers what `answer` makes for as long as somebody waits for it: its signal is aborted when the client has gone, and what it throws then is
 * of no interest.
 */
export async function whileWaiting(
  reply: FastifyReply,
  answer: (signal: AbortSignal) => Promise<unknown>,
): Promise<unknown> {
  const gone = new AbortController();
  const { signal } = gone;
  reply.raw.once("close", () => gone.abort());
  try {
    return await answer(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    return reply.hijack();
  }
}
