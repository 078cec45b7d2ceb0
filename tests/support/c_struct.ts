import type { FieldType, ScalarType, StructFields } from "../../mod.ts";
import { fieldsOf, isArray } from "./random_struct.ts";

const C_TYPES: Readonly<Record<ScalarType, string>> = {
  bool: "bool",
  u8: "uint8_t",
  i8: "int8_t",
  u16: "uint16_t",
  i16: "int16_t",
  u32: "uint32_t",
  i32: "int32_t",
  u64: "uint64_t",
  i64: "int64_t",
  usize: "size_t",
  isize: "ssize_t",
  f32: "float",
  f64: "double",
  pointer: "pointer",
  function: "function",
};

const HEAD = `
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef void *pointer;
typedef void (*function)(void);
`;

/**
 * A library in C that has, for the structure with number N:
 *
 * - `const size_t *layout_N(void)`: its size, its alignment, and each offset in the
 *   order of {@linkcode pathsIn};
 * - `struct struct_N step_N(struct struct_N)`: the same structure, each number one
 *   larger, each floating-point number negated, each bool the other one;
 * - `void step_in_place_N(struct struct_N *)`: the same.
 */
export function cSource(structures: readonly StructFields[]): string {
  return [HEAD, ...structures.map(cFunctions)].join("\n");
}

function cFunctions(fields: StructFields, number: number): string {
  const type = `struct struct_${number}`;
  const offsets = pathsIn(fields).map((path) => `offsetof(${type}, ${path})`);
  return `
${type} {
${declarations(fields)}
};

const size_t *layout_${number}(void)
{
	static const size_t layout[] = {
		sizeof(${type}), _Alignof(${type}), ${offsets.join(", ")}
	};

	return layout;
}

void step_in_place_${number}(${type} *value)
{
${steps(fields, "value->").join("\n")}
}

${type} step_${number}(${type} value)
{
	step_in_place_${number}(&value);
	return value;
}
`;
}

/** The path of every field, and of those in structures inside, in their order. */
export function pathsIn(fields: StructFields, before = ""): string[] {
  return Object.entries(fields).flatMap(([name, type]) => {
    const path = `${before}${name}`;
    const isInner = typeof type !== "string" && !isArray(type);
    return [path, ...(isInner ? pathsIn(fieldsOf(type), `${path}.`) : [])];
  });
}

function declarations(fields: StructFields): string {
  return Object.entries(fields)
    .map(([name, type]) => `${declaration(name, type)};`).join("\n");
}

function declaration(name: string, type: FieldType): string {
  if (isArray(type)) return declaration(`${name}[${type[1]}]`, type[0]);
  return typeof type === "string"
    ? `${C_TYPES[type]} ${name}`
    : `struct { ${declarations(fieldsOf(type))} } ${name}`;
}

function steps(fields: StructFields, before: string): string[] {
  return Object.entries(fields)
    .flatMap(([name, type]) => stepsOf(type, `${before}${name}`));
}

function stepsOf(type: FieldType, place: string): string[] {
  if (isArray(type)) {
    const [element, length] = type;
    return Array.from({ length }, (_, index) => `${place}[${index}]`)
      .flatMap((each) => stepsOf(element, each));
  }
  if (typeof type !== "string") return steps(fieldsOf(type), `${place}.`);
  return [`	${place} = ${step(type, place)};`];
}

function step(type: ScalarType, place: string): string {
  if (type === "bool") return `!${place}`;
  if (type === "f32" || type === "f64") return `-${place}`;
  return `(${C_TYPES[type]})((uint64_t)${place} + 1)`;
}
