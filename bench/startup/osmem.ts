import { Heap } from "../../mod.ts";

new Heap().malloc(64);
