/**
 * Reads the text of `/proc/<pid>/stat`: the answer gives a field by its number in proc(5), from 3 on; empty where there is none. Pure. The
 * second field, the program's name, stands in parentheses and may hold anything, parentheses and spaces too.
 */
export function procStatField(stat: string): (number: number) => string {
  const fields = stat
    .slice(stat.lastIndexOf(")") + 1)
    .trim()
    .split(" ");
  return (number) => fields[number - 3] ?? "";
}
