// PLY files of 32-bit floats, as Inria's trainer and splat-transform write them.
import fs from 'node:fs';

const headerEnd = 'end_header\n';

// { count, columns: { name: Float32Array }, header }
export function readPly(file) {
  const bytes = fs.readFileSync(file);
  const dataStart = bytes.indexOf(headerEnd) + headerEnd.length;
  const header = bytes.subarray(0, dataStart).toString('latin1');
  const lines = header.split('\n');
  const count = Number(lines.find((line) => line.startsWith('element vertex ')).split(' ')[2]);
  const properties = lines.filter((line) => line.startsWith('property '));
  if (!properties.every((line) => line.startsWith('property float '))) throw new Error(`${file} has other types than float`);
  const names = properties.map((line) => line.split(' ')[2]);
  if (bytes.length !== dataStart + 4 * count * names.length) throw new Error(`${file} is not as long as its header says`);
  const rows = new Float32Array(bytes.buffer.slice(bytes.byteOffset + dataStart, bytes.byteOffset + bytes.length));
  const columns = {};
  names.forEach((name, column) => {
    columns[name] = Float32Array.from({ length: count }, (_, row) => rows[row * names.length + column]);
  });
  return { count, columns, header };
}

export function writePly(file, { count, columns, header }) {
  const names = Object.keys(columns);
  const rows = new Float32Array(count * names.length);
  names.forEach((name, column) => {
    for (let row = 0; row < count; row += 1) rows[row * names.length + column] = columns[name][row];
  });
  fs.writeFileSync(file, Buffer.concat([Buffer.from(header, 'latin1'), Buffer.from(rows.buffer)]));
}

// The frequent mistake: the numbers of a scene in glTF's frame, y up and z back, in a format that has y down and z
// forward.
export function writeInWrongFrame(source, target) {
  const ply = readPly(source);
  for (const name of ['y', 'z', 'rot_2', 'rot_3']) ply.columns[name] = ply.columns[name].map((value) => -value);
  writePly(target, ply);
}
