package dev.bulkhead.e2e.bootstrap;

/** The processes of Bulkhead: one jar, an identity for each. */
enum BulkheadProcess {
    OPERATOR("bulkhead-operator", "operator", "run", "1g"),
    PROBER("bulkhead-prober", "prober", "probe", "512m"),
    GUARD_KEEPER("bulkhead-guard-keeper", "guard-keeper", "guard", "256m");

    private final String account;
    private final String directory;
    private final String command;
    private final String memory;

    BulkheadProcess(String account, String directory, String command, String memory) {
        this.account = account;
        this.directory = directory;
        this.command = command;
        this.memory = memory;
    }

    /** Name of its ServiceAccount and of its process. */
    String account() {
        return account;
    }

    /** A file of its own in the state directory. */
    String file(String name) {
        return directory + "/" + name;
    }

    /** Subcommand of the jar. */
    String command() {
        return command;
    }

    /** What the JVM takes the machine's memory for. */
    String memory() {
        return memory;
    }
}
