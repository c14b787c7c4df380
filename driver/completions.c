/* A tool of the build: prints what a shell needs to complete the command's options, made from
 * options.def.
 *
 *   completions bash|zsh|fish
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const struct row {
  const char *name, *argument, *help;
} rows[] = {
#define SECTION(title)
#define OPTION(name, kind, member, argument, noun, help) {name, argument, help},
#define SHORT(letter, value, member)
#include "options.def"
};

static const struct short_row {
  char letter;
  const char *value;
} short_rows[] = {
#define SECTION(title)
#define OPTION(name, kind, member, argument, noun, help)
#define SHORT(letter, value, member) {letter, value},
#include "options.def"
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* ---- what an option's argument can be ---- */

enum form { NO_ARGUMENT, VALUES, PATH, DIRECTORY, ANYTHING };

static enum form form_of(const struct row *row) {
  if (*row->argument == '\0') return NO_ARGUMENT;
  if (strchr(row->argument, '|') != NULL) return VALUES;
  if (strcmp(row->argument, "PATH") == 0) return PATH;
  return strcmp(row->argument, "DIR") == 0 ? DIRECTORY : ANYTHING;
}

/* The values, separated by blanks. */
static void print_values(const struct row *row) {
  for (const char *c = row->argument; *c != '\0'; c++)
    putchar(*c == '|' ? ' ' : *c);
}

/* An alias has the help of the option before it. */
static const char *help_of(size_t index) {
  while (*rows[index].help == '\0')
    index--;
  return rows[index].help;
}

/* Within apostrophes; a backslash in front of each of `special`. */
static void print_quoted(const char *text, const char *special) {
  for (; *text != '\0'; text++) {
    if (*text == '\'') {
      fputs("'\\''", stdout);
      continue;
    }
    if (strchr(special, *text) != NULL) putchar('\\');
    putchar(*text);
  }
}

/* ---- switches such as -Zstreaming ---- */

static bool is_first_of_letter(size_t index) {
  for (size_t i = 0; i < index; i++)
    if (short_rows[i].letter == short_rows[index].letter) return false;
  return true;
}

/* All values of a letter, separated by blanks. */
static void print_short_values(char letter) {
  const char *blank = "";
  for (size_t i = 0; i < COUNT_OF(short_rows); i++) {
    if (short_rows[i].letter != letter) continue;
    printf("%s%s", blank, short_rows[i].value);
    blank = " ";
  }
}

/* ---- bash ---- */

static const char bash_begin[] =
    "# bash completion of remlparse, made from its table of options\n"
    "\n"
    "_remlparse_words() {\n"
    "  mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$2\")\n"
    "}\n"
    "\n"
    "_remlparse_files() {\n"
    "  compopt -o filenames -o default 2>/dev/null\n"
    "  mapfile -t COMPREPLY < <(compgen \"$@\")\n"
    "}\n"
    "\n"
    "_remlparse_sources() {\n"
    "  local folders\n"
    "  mapfile -t folders < <(compgen -d -- \"$1\")\n"
    "  _remlparse_files -f -X '!*.reml' -- \"$1\"\n"
    "  COMPREPLY+=(\"${folders[@]}\")\n"
    "}\n"
    "\n"
    "_remlparse() {\n"
    "  local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]} prefix= i\n"
    "  COMPREPLY=()\n"
    "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "    [[ ${COMP_WORDS[i]} == -- ]] && { _remlparse_sources \"$word\"; return; }\n"
    "  done\n"
    "  # `=` is a word of its own, unless COMP_WORDBREAKS was changed.\n"
    "  if [[ $word == --*=* ]]; then\n"
    "    option=${word%%=*} prefix=$option= word=${word#*=}\n"
    "  elif [[ $word == = ]]; then\n"
    "    word=\n"
    "  elif [[ $option == = ]]; then\n"
    "    option=${COMP_WORDS[COMP_CWORD-2]}\n"
    "  fi\n"
    "  case $option in\n";

static const char bash_end[] = " || _remlparse_sources \"$word\" ;;\n"
                               "  esac\n"
                               "  COMPREPLY=(\"${COMPREPLY[@]/#/$prefix}\")\n"
                               "}\n"
                               "\n"
                               "complete -F _remlparse remlparse\n";

static void print_bash_row(const struct row *row) {
  enum form form = form_of(row);
  if (form == NO_ARGUMENT) return;
  printf("  --%s)", row->name);
  if (form == VALUES) {
    fputs(" _remlparse_words '", stdout);
    print_values(row);
    fputs("' \"$word\"", stdout);
  } else if (form == PATH) {
    fputs(" _remlparse_files -f -- \"$word\"", stdout);
  } else if (form == DIRECTORY) {
    fputs(" _remlparse_files -d -- \"$word\"", stdout);
  }
  fputs(" ;;\n", stdout);
}

static void print_bash_letter(char letter) {
  printf("  -%c) _remlparse_words '", letter);
  print_short_values(letter);
  fputs("' \"$word\" ;;\n", stdout);
}

/* What is no argument and begins with `-`. */
static void print_bash_names(void) {
  fputs("  *) [[ $word == -* ]] && _remlparse_words '", stdout);
  for (size_t i = 0; i < COUNT_OF(rows); i++)
    printf("--%s ", rows[i].name);
  for (size_t i = 0; i < COUNT_OF(short_rows); i++)
    printf("-%c%s ", short_rows[i].letter, short_rows[i].value);
  fputs("' \"$word\"", stdout);
}

static void print_bash(void) {
  fputs(bash_begin, stdout);
  for (size_t i = 0; i < COUNT_OF(rows); i++)
    print_bash_row(&rows[i]);
  for (size_t i = 0; i < COUNT_OF(short_rows); i++)
    if (is_first_of_letter(i)) print_bash_letter(short_rows[i].letter);
  print_bash_names();
  fputs(bash_end, stdout);
}

/* ---- zsh ---- */

static void print_zsh_row(size_t index) {
  const struct row *row = &rows[index];
  enum form form = form_of(row);
  printf("  '--%s%s[", row->name, form == NO_ARGUMENT ? "" : "=");
  print_quoted(help_of(index), "[]\\");
  putchar(']');
  if (form == VALUES) {
    printf(":%s:(", row->name);
    print_values(row);
    putchar(')');
  } else if (form == PATH) {
    printf(":%s:_files", row->argument);
  } else if (form == DIRECTORY) {
    printf(":%s:_files -/", row->argument);
  } else if (form == ANYTHING) {
    printf(":%s: ", row->argument);
  }
  fputs("' \\\n", stdout);
}

static void print_zsh_letter(char letter) {
  printf("  '*-%c+[switch a feature on]:feature:(", letter);
  print_short_values(letter);
  fputs(")' \\\n", stdout);
}

static void print_zsh(void) {
  fputs("#compdef remlparse\n# made from its table of options\n\n_arguments -S \\\n", stdout);
  for (size_t i = 0; i < COUNT_OF(rows); i++)
    print_zsh_row(i);
  for (size_t i = 0; i < COUNT_OF(short_rows); i++)
    if (is_first_of_letter(i)) print_zsh_letter(short_rows[i].letter);
  fputs("  '*:source:_files -g \"*.reml\"'\n", stdout);
}

/* ---- fish ---- */

static void print_fish_row(size_t index) {
  const struct row *row = &rows[index];
  enum form form = form_of(row);
  printf("complete -c remlparse -l %s", row->name);
  if (form == VALUES) {
    fputs(" -x -a '", stdout);
    print_values(row);
    putchar('\'');
  } else if (form == PATH) {
    fputs(" -r -F", stdout);
  } else if (form == DIRECTORY) {
    fputs(" -x -a '(__fish_complete_directories)'", stdout);
  } else if (form == ANYTHING) {
    fputs(" -x", stdout);
  }
  fputs(" -d '", stdout);
  print_quoted(help_of(index), "\\");
  fputs("'\n", stdout);
}

static void print_fish_letter(char letter) {
  printf("complete -c remlparse -s %c -x -a '", letter);
  print_short_values(letter);
  fputs("' -d 'switch a feature on'\n", stdout);
}

static void print_fish(void) {
  fputs("# fish completion of remlparse, made from its table of options\n"
        "complete -c remlparse -k -x -a '(__fish_complete_suffix .reml)'\n",
        stdout);
  for (size_t i = 0; i < COUNT_OF(rows); i++)
    print_fish_row(i);
  for (size_t i = 0; i < COUNT_OF(short_rows); i++)
    if (is_first_of_letter(i)) print_fish_letter(short_rows[i].letter);
}

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    void (*print)(void);
  } shells[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};
  for (size_t i = 0; argc == 2 && i < COUNT_OF(shells); i++) {
    if (strcmp(argv[1], shells[i].name) != 0) continue;
    shells[i].print();
    return fflush(stdout) != 0 || ferror(stdout);
  }
  fputs("usage: completions bash|zsh|fish\n", stderr);
  return 1;
}
