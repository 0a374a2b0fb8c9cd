package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.objectstore.copy.CopyBucketsCommand;
import dev.bulkhead.operator.outcome.Outcome;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** A tenant moves to another server, with all that it has. */
class CopyBucketsIT {
    private static final byte[] LARGE = new byte[20 << 20];

    @TempDir
    private Path folder;

    private TestStore old;
    private TestStore young;
    private final TenantIdentity tenant = Fixtures.freshIdentity();
    private final String bucket = tenant.bucket();

    @BeforeEach
    void two_servers_and_a_tenant_on_one_of_them() throws IOException {
        old = TestStore.onVersity();
        young = TestStore.stoppable(StoreKind.SeaweedFs);
        file("old.yaml", old);
        file("new.yaml", young);
        old.tenant(tenant);
        S3Client client = old.client(tenant, Slot.One);
        for (String text : List.of("first", "second", "third")) {
            client.putObject(
                    r -> r.bucket(bucket)
                            .key("häuser/akte 1.txt")
                            .contentType("text/plain")
                            .metadata(Map.of("text", text))
                            .tagging("kind=letter"),
                    RequestBody.fromString(text));
        }
        client.putObject(r -> r.bucket(bucket).key("gone"), RequestBody.fromString("x"));
        client.deleteObject(r -> r.bucket(bucket).key("gone"));
        LARGE[LARGE.length - 1] = 7;
        client.putObject(r -> r.bucket(bucket).key("large"), RequestBody.fromBytes(LARGE));
    }

    @AfterEach
    void stop() {
        old.close();
        young.close();
    }

    @Test
    void everything_is_there_and_the_tenant_goes_on_there() {
        Result first = copy("-o", "json");

        assertThat(first.errors()).isEmpty();
        assertThat(first.output())
                .contains("\"bucket\" : \"" + bucket + "\"", "\"keys\" : 3", "\"versions\" : 6", "\"markers\" : 1")
                .contains("\"copied\" : 6");
        assertThat(young.root
                        .listObjectVersions(r -> r.bucket(bucket).prefix("h"))
                        .versions())
                .extracting(v -> young.root
                        .getObjectAsBytes(r -> r.bucket(bucket).key(v.key()).versionId(v.versionId()))
                        .asUtf8String())
                .containsExactly("third", "second", "first");
        BucketPlan plan = young.plan(tenant).asMade();
        assertThat(young.applier.apply(plan, Fixtures.secrets(tenant))).isInstanceOf(Outcome.Done.class);
        S3Client client = young.client(tenant, Slot.One);
        assertThat(client.getObjectAsBytes(r -> r.bucket(bucket).key("large")).asByteArray())
                .isEqualTo(LARGE);
        assertThat(client.headObject(r -> r.bucket(bucket).key("häuser/akte 1.txt"))
                        .metadata())
                .containsEntry("text", "third");
        assertThat(client.getObjectTagging(r -> r.bucket(bucket).key("häuser/akte 1.txt"))
                        .tagSet())
                .extracting(tag -> tag.key() + "=" + tag.value())
                .containsExactly("kind=letter");
        assertThat(TestStore.status(() -> client.getObject(r -> r.bucket(bucket).key("gone"))))
                .isEqualTo(404);
    }

    @Test
    void what_is_there_is_not_copied_again_and_what_came_since_is() {
        copy();
        old.root.putObject(r -> r.bucket(bucket).key("häuser/akte 1.txt"), RequestBody.fromString("fourth"));

        assertThat(copy("-o", "json").output()).contains("\"copied\" : 1");
        assertThat(copy("-o", "json").output()).contains("\"copied\" : 0");
        assertThat(copy().output()).contains("BUCKET", bucket);
    }

    @Test
    void a_target_that_somebody_wrote_to_is_left_as_it_is() {
        copy();
        young.root.putObject(r -> r.bucket(bucket).key("large"), RequestBody.fromString("other"));

        Result again = copy();

        assertThat(again.code()).isEqualTo(1);
        assertThat(again.errors()).contains("large", bucket, "Suspend the tenant");
        assertThat(young.root
                        .getObjectAsBytes(r -> r.bucket(bucket).key("large"))
                        .asUtf8String())
                .isEqualTo("other");
    }

    @Test
    void a_bucket_that_is_another_s_is_not_touched() {
        young.root.createBucket(r -> r.bucket(bucket));

        Result result = copy();

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.errors()).contains(bucket, "other tags");
        assertThat(young.root.listObjectVersions(r -> r.bucket(bucket)).versions())
                .isEmpty();
    }

    @Test
    void a_bucket_that_is_no_tenants_is_not_copied_onto_one_that_is_there() {
        old.root.createBucket(r -> r.bucket("somebodys"));
        old.root.putObject(r -> r.bucket("somebodys").key("a"), RequestBody.fromString("x"));
        young.root.createBucket(r -> r.bucket("somebodys"));

        Result result = copy("somebodys");

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.errors()).contains("somebodys", "no mark");
        assertThat(young.root.listObjectsV2(r -> r.bucket("somebodys")).contents())
                .isEmpty();
    }

    @Test
    void what_cannot_be_used_is_said_and_shows_no_key() throws IOException {
        Files.writeString(folder.resolve("new.yaml"), "kind: ObjectStore\nspec: {}\n");
        assertThat(copy().errors()).contains("new.yaml");
        Files.writeString(folder.resolve("new.yaml"), Files.readString(folder.resolve("old.yaml")));
        assertThat(copy().errors()).contains("the same server");
        file("new.yaml", young);
        young.server.down();
        assertThat(copy().errors())
                .contains("does not answer: check spec.endpoint")
                .doesNotContain(VersityServer.ROOT_SECRET);
    }

    private record Result(int code, String output, String errors) {}

    private Result copy(String... more) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = new CommandLine(new CopyBucketsCommand(Clock.systemUTC()))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err));
        List<String> arguments = new java.util.ArrayList<>(List.of(
                "--from",
                folder.resolve("old.yaml").toString(),
                "--to",
                folder.resolve("new.yaml").toString()));
        arguments.addAll(List.of(more));
        int code = line.execute(arguments.toArray(String[]::new));
        String errors =
                err.toString().lines().filter(text -> !text.contains(" keys")).reduce("", (a, b) -> a + b);
        return new Result(code, out.toString(), errors);
    }

    private void file(String name, TestStore store) throws IOException {
        StoreConnection connection = store.server.connection();
        Files.writeString(folder.resolve(name), """
                apiVersion: bulkhead.dev/v1beta1
                kind: ObjectStore
                metadata: {name: local}
                spec:
                  driver: %s
                  endpoint: %s
                  adminSecret: {name: objectstore-local}
                  caCertificate: %s
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: objectstore-local}
                stringData: {access-key-id: %s, secret-access-key: %s}
                """.formatted(
                        store.kind,
                        connection.endpoint(),
                        connection.caCertificates() == null
                                ? "null"
                                : "\"" + connection.caCertificates().replace("\n", "\\n") + "\"",
                        connection.accessKeyId(),
                        connection.secretAccessKey()));
    }
}
