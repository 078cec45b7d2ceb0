/*
 * Reads sums from standard input, a line each, and prints what they come to:
 * numbers, variables, + - * / % ^, brackets and functions of one argument.
 * It is compiled, not run: what is recorded is the compiler at work on it.
 */

typedef unsigned long size_t;
extern int printf(const char *format, ...);
extern int getchar(void);
extern double fmod(double, double);
extern double pow(double, double);
extern double sqrt(double);
extern double floor(double);

enum { LINE_LENGTH = 512, NODES = 256, VARIABLES = 26 };

enum kind { NUMBER, VARIABLE, ASSIGNMENT, NEGATION, FUNCTION, OPERATION };

struct node {
  enum kind kind;
  char operator;
  double value;
  double (*function)(double);
  struct node *left, *right;
};

struct reader {
  char line[LINE_LENGTH];
  const char *next;
  const char *problem;
  struct node nodes[NODES];
  size_t node_count;
};

static double variables[VARIABLES];

static int is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }
static int is_digit(char c) { return c >= '0' && c <= '9'; }
static int is_letter(char c) { return c >= 'a' && c <= 'z'; }

static double square(double x) { return x * x; }
static double absolute(double x) { return x < 0 ? -x : x; }

static double factorial(double x) {
  double product = 1;
  for (int i = 2; i <= x && i < 171; i++) product *= i;
  return product;
}

static double fibonacci(double x) {
  double before = 0, last = 1;
  for (int i = 0; i < x; i++) {
    double sum = before + last;
    before = last;
    last = sum;
  }
  return before;
}

static const struct {
  const char *name;
  double (*function)(double);
} functions[] = {
  {"sqrt", sqrt}, {"floor", floor},         {"square", square},
  {"abs", absolute}, {"factorial", factorial}, {"fibonacci", fibonacci},
};

static struct node *problem(struct reader *reader, const char *what) {
  if (!reader->problem) reader->problem = what;
  return 0;
}

static struct node *new_node(struct reader *reader, enum kind kind) {
  if (reader->node_count == NODES) return problem(reader, "too long a sum");
  struct node *node = &reader->nodes[reader->node_count++];
  node->kind = kind;
  node->left = node->right = 0;
  return node;
}

static char peek(struct reader *reader) {
  while (is_space(*reader->next)) reader->next++;
  return *reader->next;
}

static int accept(struct reader *reader, char wanted) {
  if (peek(reader) != wanted) return 0;
  reader->next++;
  return 1;
}

static struct node *read_sum(struct reader *reader);

static struct node *read_number(struct reader *reader) {
  double value = 0, place = 1;
  while (is_digit(*reader->next)) value = value * 10 + (*reader->next++ - '0');
  if (*reader->next == '.') {
    reader->next++;
    while (is_digit(*reader->next)) {
      value += (*reader->next++ - '0') * (place /= 10);
    }
  }
  struct node *node = new_node(reader, NUMBER);
  if (node) node->value = value;
  return node;
}

static int matches(const char *name, const char *text, size_t length) {
  size_t i = 0;
  while (i < length && name[i] == text[i]) i++;
  return i == length && name[i] == 0;
}

static struct node *read_call(struct reader *reader, const char *name,
                              size_t length) {
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    if (!matches(functions[i].name, name, length)) continue;
    struct node *node = new_node(reader, FUNCTION);
    if (!node) return 0;
    node->function = functions[i].function;
    node->left = read_sum(reader);
    if (!accept(reader, ')')) return problem(reader, "a bracket is open");
    return node;
  }
  return problem(reader, "no function of that name");
}

static struct node *read_name(struct reader *reader) {
  const char *name = reader->next;
  while (is_letter(*reader->next)) reader->next++;
  size_t length = reader->next - name;
  if (accept(reader, '(')) return read_call(reader, name, length);
  if (length != 1) return problem(reader, "a variable is one letter");
  struct node *node = new_node(reader, VARIABLE);
  if (node) node->value = *name - 'a';
  return node;
}

static struct node *read_factor(struct reader *reader) {
  char c = peek(reader);
  if (is_digit(c)) return read_number(reader);
  if (is_letter(c)) return read_name(reader);
  if (accept(reader, '-')) {
    struct node *node = new_node(reader, NEGATION);
    if (node) node->left = read_factor(reader);
    return node;
  }
  if (!accept(reader, '(')) return problem(reader, "a number was expected");
  struct node *inner = read_sum(reader);
  if (!accept(reader, ')')) return problem(reader, "a bracket is open");
  return inner;
}

static struct node *join(struct reader *reader, char operator,
                         struct node *left, struct node *right) {
  struct node *node = new_node(reader, OPERATION);
  if (!node) return 0;
  node->operator = operator;
  node->left = left;
  node->right = right;
  return node;
}

static struct node *read_power(struct reader *reader) {
  struct node *base = read_factor(reader);
  if (!accept(reader, '^')) return base;
  return join(reader, '^', base, read_power(reader));
}

static struct node *read_product(struct reader *reader) {
  struct node *left = read_power(reader);
  for (;;) {
    char c = peek(reader);
    if (c != '*' && c != '/' && c != '%') return left;
    reader->next++;
    left = join(reader, c, left, read_power(reader));
  }
}

static struct node *read_sum(struct reader *reader) {
  struct node *left = read_product(reader);
  for (;;) {
    char c = peek(reader);
    if (c != '+' && c != '-') return left;
    reader->next++;
    left = join(reader, c, left, read_product(reader));
  }
}

static struct node *read_statement(struct reader *reader) {
  struct node *left = read_sum(reader);
  if (!left || !accept(reader, '=')) return left;
  if (left->kind != VARIABLE) return problem(reader, "no variable before =");
  struct node *node = new_node(reader, ASSIGNMENT);
  if (!node) return 0;
  node->left = left;
  node->right = read_statement(reader);
  return node;
}

static double evaluate(const struct node *node);

static double operate(char operator, double left, double right) {
  switch (operator) {
    case '+': return left + right;
    case '-': return left - right;
    case '*': return left * right;
    case '/': return left / right;
    case '%': return fmod(left, right);
    default: return pow(left, right);
  }
}

static double evaluate(const struct node *node) {
  switch (node->kind) {
    case NUMBER: return node->value;
    case VARIABLE: return variables[(int)node->value];
    case ASSIGNMENT:
      return variables[(int)node->left->value] = evaluate(node->right);
    case NEGATION: return -evaluate(node->left);
    case FUNCTION: return node->function(evaluate(node->left));
    default:
      return operate(node->operator, evaluate(node->left),
                     evaluate(node->right));
  }
}

/* Returns 0 at the end of the input. */
static int read_line(struct reader *reader) {
  size_t length = 0;
  int c;
  while ((c = getchar()) != -1 && c != '\n') {
    if (length < LINE_LENGTH - 1) reader->line[length++] = (char)c;
  }
  reader->line[length] = 0;
  reader->next = reader->line;
  reader->problem = 0;
  reader->node_count = 0;
  return c != -1 || length > 0;
}

int main(void) {
  static struct reader reader;
  while (read_line(&reader)) {
    struct node *sum = read_statement(&reader);
    if (sum && peek(&reader) != 0) problem(&reader, "something follows");
    if (reader.problem) {
      printf("%ld: %s\n", (long)(reader.next - reader.line), reader.problem);
    } else {
      printf("%.12g\n", evaluate(sum));
    }
  }
  return 0;
}
