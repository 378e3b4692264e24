import { InferenceSession } from '../../../../../lambda/model/onnxruntime.ts';

/**
 * Opens a session for the time of the work.
 *
 * @param shown the model's name in errors.
 * @throws Error in one line if ONNX Runtime cannot load the model.
 */
export async function withSession<Result>(
  path: string,
  shown: string,
  work: (session: InferenceSession) => Promise<Result> | Result,
): Promise<Result> {
  // 4: ONNX Runtime prints only what ends the process. All else is thrown, and said here.
  const session = await InferenceSession.create(path, { logSeverityLevel: 4 }).catch((cause: Error) => {
    const reason = reasonOf({ message: cause.message.replaceAll(path, shown) });
    throw new Error(`${shown}: expected an ONNX model, but ONNX Runtime cannot load it: ${reason}`, {
      cause,
    });
  });
  try {
    return await work(session);
  } finally {
    await session.release();
  }
}

const REASON_LENGTH = 300;

/** What ONNX Runtime says, in one line. Whoever imports a model must know which operator or shape is meant. */
export const reasonOf = ({ message }: Pick<Error, 'message'>): string =>
  message.replace(/\s+/g, ' ').slice(0, REASON_LENGTH);
