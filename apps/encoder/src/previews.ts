import type { ChromaFrame } from '@kinemacolor/contracts';
import { showPreview } from '@kinemacolor/jobs';
import { renderPreview } from '@kinemacolor/media';
import type { NatsConnection } from '@nats-io/transport-node';

const BETWEEN_MS = 2_000;

/** Shows the first coloured frame at once, and then one every two seconds; never two at a time. */
export function previewer(
  connection: NatsConnection,
  job: string,
  onError: (error: unknown) => void,
): (frame: ChromaFrame) => void {
  let last = Number.NEGATIVE_INFINITY;
  let busy = false;
  const show = async ({ frame, luma, u, v, width, height }: ChromaFrame): Promise<void> => {
    const picture = await renderPreview({ luma, u, v, width, height });
    showPreview(connection, job, { frame: frame!.index, picture });
  };
  return (frame) => {
    if (busy || frame.u.byteLength === 0 || performance.now() - last < BETWEEN_MS) return;
    busy = true;
    last = performance.now();
    show(frame)
      .catch(onError)
      .finally(() => (busy = false));
  };
}
