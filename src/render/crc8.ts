/** The checksum of the bar code. */

const polynomial = 0x07;
const finalXor = 0x55;

/**
 * CRC-8 of a 32-bit number's four bytes, high byte first: x^8+x^2+x+1, start 0, final XOR 0x55
 * (ITU-T I.432.1, the ATM header's). Recognises up to three misread cells anywhere.
 */
export function crc8(value: number): number {
  let crc = 0;
  for (let shift = 24; shift >= 0; shift -= 8) {
    crc ^= (value >>> shift) & 0xff;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc >= 0x80 ? polynomial : 0)) & 0xff;
  }
  return crc ^ finalXor;
}
