package io.dvcr.cli.config;

/** Where a value comes from, written so that its author finds it. */
sealed interface Origin {
    Origin DEFAULT = new Default();

    /** Nobody said anything. */
    record Default() implements Origin {
        @Override
        public String toString() {
            return "default";
        }
    }

    /**
     * A place in the configuration file.
     *
     * @param line counted from 1; 0 is the file as a whole
     */
    record InFile(String file, int line) implements Origin {
        @Override
        public String toString() {
            return line == 0 ? file : file + ":" + line;
        }
    }

    /** An environment variable. */
    record Variable(String name) implements Origin {
        @Override
        public String toString() {
            return "$" + name;
        }
    }

    /** An option of the command line. */
    record Option(String name) implements Origin {
        @Override
        public String toString() {
            return name;
        }
    }
}
