package dev.bulkhead.operator.cli;

import dev.bulkhead.operator.secret.RecoveryKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bulkhead keys recovery-key}: makes a pair; the private half goes to a file and is never printed. */
@Command(
        name = "recovery-key",
        mixinStandardHelpOptions = true,
        description = "Makes a recovery key: prints the public half, and writes the private one to a file.",
        footer = {"", "Exit codes: 0 made, 1 it could not be written, 2 wrong usage."})
final class KeysRecoveryKeyCommand implements Callable<Integer> {
    private final SecureRandom random;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "FILE",
            description = "Where the private half goes: a new file that only you may read.")
    private Path to = Path.of("");

    KeysRecoveryKeyCommand(SecureRandom random) {
        this.random = random;
    }

    @Override
    public Integer call() {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        try (RecoveryKey.Private key = RecoveryKey.Private.generate(random)) {
            SecretFile.create(to, (key.text() + "\n").getBytes(StandardCharsets.US_ASCII));
            line.getErr()
                    .println("keys: recovery key " + key.publicHalf().id() + ", private half in " + to
                            + ". Whoever has it and the master key can read every tenant's secrets: take it off this"
                            + " machine and keep it offline, apart from the copies and from the master key. Without it"
                            + " no copy can be opened.");
            line.getOut().println(key.publicHalf().text());
            return 0;
        } catch (FileAlreadyExistsException _) {
            line.getErr().println("keys: " + to + " is there already; name a file that is not");
            return 1;
        } catch (IOException e) {
            line.getErr()
                    .println("keys: " + to + " cannot be written ("
                            + e.getClass().getSimpleName() + ")");
            return 1;
        }
    }
}
