/** What a broker tells of. `why` is a sentence's end. */
export type BrokerEvent =
  | { readonly type: 'producer'; readonly name: string }
  | { readonly type: 'producer-gone'; readonly why: string }
  | { readonly type: 'consumer'; readonly name: string }
  | { readonly type: 'consumer-gone'; readonly name: string; readonly why: string }
  | { readonly type: 'qemu-gone'; readonly why: string };

/** In one line, for people. The names are a guest's and strangers': what a terminal would obey is left out. */
export function describeEvent(event: BrokerEvent): string {
  switch (event.type) {
    case 'producer':
      return `the guest's producer is "${plain(event.name)}"`;
    case 'producer-gone':
      return `the producer's buffers were taken back: ${plain(event.why)}`;
    case 'consumer':
      return `a consumer has come: "${plain(event.name)}"`;
    case 'consumer-gone':
      return `the consumer ${event.name === '' ? 'that has not greeted' : `"${plain(event.name)}"`} has left: ${plain(event.why)}`;
    case 'qemu-gone':
      return `QEMU has gone: ${plain(event.why)}`;
  }
}

function plain(text: string): string {
  return text.replace(/[^\x20-\x7e\u00a0-\uffff]/g, '?');
}
