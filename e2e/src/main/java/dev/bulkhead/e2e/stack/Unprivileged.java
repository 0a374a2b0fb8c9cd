package dev.bulkhead.e2e.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** PostgreSQL refuses to run as root, but in containers root is often all there is. */
final class Unprivileged {
    /** A user namespace without mapping: to the program it is nobody, to the file system still the owner of the state. */
    private static final List<String> NAMESPACE = List.of("unshare", "-U");

    /**
     * Another user, who may nevertheless pass the directories of root. For containers whose system-call filter forbids
     * user namespaces.
     */
    private static final List<String> NOBODY = List.of(
            "setpriv",
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            // access(2), by which initdb looks for its programs, otherwise leaves the capability out of account.
            "--securebits=+no_setuid_fixup",
            "--bounding-set=-all,+dac_override",
            "--inh-caps=-all,+dac_override",
            "--ambient-caps=+dac_override");

    private Unprivileged() {}

    /** What to put before a command so that it does not run as root; nothing for an ordinary user. */
    static List<String> prefix() {
        if (!isRoot()) {
            return List.of();
        }
        if (works(NAMESPACE)) {
            return NAMESPACE;
        }
        if (works(NOBODY)) {
            return NOBODY;
        }
        throw new StackException(
                "PostgreSQL does not run as root, and neither `unshare -U` nor `setpriv` (util-linux) can"
                        + " start it as somebody else here; start the stack as an ordinary user");
    }

    private static boolean isRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (UnsupportedOperationException _) {
            return false;
        }
    }

    private static boolean works(List<String> prefix) {
        try {
            List<String> command = new ArrayList<>(prefix);
            command.add("true");
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException _) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        }
    }
}
