package dev.bulkhead.operator.objectstore.copy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.operator.objectstore.ObjectStorePlanner;
import dev.bulkhead.operator.objectstore.S3Buckets;
import dev.bulkhead.operator.objectstore.StoreConnection;
import dev.bulkhead.operator.objectstore.StoreException;
import dev.bulkhead.operator.objectstore.copy.BucketCopy.CopyResult;
import dev.bulkhead.operator.objectstore.copy.BucketCopy.UncopiedException;
import dev.bulkhead.operator.objectstore.copy.StoreFile.UnusableStoreException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** {@code bulkhead copy-buckets}: the tenants' buckets of one object store on another one. */
@Command(
        name = "copy-buckets",
        mixinStandardHelpOptions = true,
        description =
                "Copies tenants' buckets, with all versions, from one object store to another one, and compares them.",
        footer = {
            "",
            "To move an ObjectStore to another server:",
            "  1. suspend its Tenants (spec.suspend: true), so that nobody writes;",
            "  2. copy, with the ObjectStore and the Secret of its account as they are, and as they are to be:",
            "       kubectl get -o yaml objectstore/local -n bulkhead-keys \\",
            "           secret/objectstore-local > old.yaml",
            "       bulkhead copy-buckets --from old.yaml --to new.yaml",
            "  3. apply new.yaml: same name, other endpoint. Keys and policies are made there by themselves;",
            "  4. end the suspension, and remove the old server when the Tenants are Ready.",
            "",
            "It can be repeated: what is there is compared, not copied again. The files hold keys: remove them afterwards.",
            "",
            "Exit codes: 0 all is there and the same, 1 not, 2 wrong usage."
        })
public final class CopyBucketsCommand implements Callable<Integer> {
    private static final Duration PROGRESS = Duration.ofSeconds(5);

    private final Clock clock;
    private Instant told = Instant.MIN;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--from",
            required = true,
            paramLabel = "FILE",
            description = "ObjectStore and Secret to copy from.")
    private Path from = Path.of("");

    @Option(names = "--to", required = true, paramLabel = "FILE", description = "ObjectStore and Secret to copy to.")
    private Path to = Path.of("");

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table or json. Default: table.")
    private Format output = Format.table;

    @Parameters(paramLabel = "BUCKET", description = "Default: every bucket that carries the operator's mark.")
    private List<String> buckets = new ArrayList<>();

    /** Progress is told at most every few seconds. */
    public CopyBucketsCommand(Clock clock) {
        this.clock = clock;
    }

    /** What is printed. */
    enum Format {
        table,
        json
    }

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
        try {
            StoreConnection source = StoreFile.read(from);
            StoreConnection target = StoreFile.read(to);
            if (source.endpoint().equals(target.endpoint())) {
                return failed(err, "--from and --to are the same server, " + source.endpoint());
            }
            try (StoreSide old = StoreSide.of(source);
                    StoreSide young = StoreSide.of(target)) {
                return copied(old, young, out, err);
            }
        } catch (UnusableStoreException e) {
            return failed(err, e.getMessage());
        } catch (StoreException e) {
            return failed(err, e.finding("of --from or --to").text() + " What was copied stays; try again");
        } catch (AwsServiceException e) {
            return failed(
                    err,
                    "the server answered HTTP " + e.statusCode() + " "
                            + (e.awsErrorDetails() == null
                                    ? ""
                                    : e.awsErrorDetails().errorCode()) + ". What was copied stays;"
                            + " try again");
        } catch (SdkException e) {
            return failed(
                    err,
                    "a server cannot be reached (" + e.getClass().getSimpleName() + "). What was copied stays;"
                            + " try again");
        }
    }

    private int copied(StoreSide old, StoreSide young, PrintWriter out, PrintWriter err) {
        BucketCopy copy = new BucketCopy(old, young, words -> progress(words, err));
        List<CopyResult> results = new ArrayList<>();
        int code = 0;
        for (String bucket : buckets.isEmpty() ? marked(old.buckets()) : buckets) {
            try {
                results.add(copy.copy(bucket));
            } catch (UncopiedException e) {
                code = failed(err, e.getMessage());
            }
        }
        print(results, out);
        return code;
    }

    private static List<String> marked(S3Buckets there) {
        return there.names().stream()
                .filter(name -> there.tags(name).containsKey(ObjectStorePlanner.MARK))
                .sorted()
                .toList();
    }

    private void print(List<CopyResult> results, PrintWriter out) {
        if (output == Format.json) {
            try {
                out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(results));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("numbers and names can be written", e);
            }
        } else if (!results.isEmpty()) {
            out.printf("%-24s %8s %9s %8s %15s %8s%n", "BUCKET", "OBJECTS", "VERSIONS", "MARKERS", "BYTES", "COPIED");
            results.forEach(r -> out.printf(
                    "%-24s %8d %9d %8d %15d %8d%n",
                    r.bucket(), r.keys(), r.versions(), r.markers(), r.bytes(), r.copied()));
        }
        out.flush();
    }

    private void progress(String words, PrintWriter err) {
        Instant now = clock.instant();
        if (told.plus(PROGRESS).isBefore(now)) {
            told = now;
            err.println(words);
            err.flush();
        }
    }

    private static int failed(PrintWriter err, @Nullable String words) {
        err.println(words);
        err.flush();
        return 1;
    }
}
