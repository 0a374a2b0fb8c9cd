package dev.bulkhead.e2e.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bulkhead.e2e.stack.LocalStack.Component;
import dev.bulkhead.e2e.stack.LocalStack.ComponentState;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.Bucket;

class LocalStackRestartIT {
    private static final Progress SILENT = _ -> {};

    @Test
    void what_was_written_before_down_is_there_after_up_at_the_same_addresses_and_down_leaves_no_process()
            throws SQLException {
        try (TemporaryStack temporary = TemporaryStack.start()) {
            LocalStack stack = temporary.stack();
            StackEndpoints before = temporary.endpoints();
            write(before);
            List<ProcessHandle> processes = processesOf(stack);
            assertThat(processes).hasSizeGreaterThan(5);

            stack.stop();

            // One that has ended counts as alive until this JVM, which started it, has taken note.
            Awaitility.await().untilAsserted(() -> assertThat(processes).noneMatch(ProcessHandle::isAlive));
            assertThat(stack.components()).allMatch(component -> component.state() == ComponentState.Stopped);

            StackEndpoints after = stack.start(new Binaries(System.getenv(), SILENT).provide());

            assertThat(after).isEqualTo(before);
            assertThat(stack.endpoints()).contains(before);
            assertWritten(after);
        }
    }

    @Test
    void starting_a_running_stack_starts_nothing_and_replaces_only_what_died() {
        try (TemporaryStack temporary = TemporaryStack.start()) {
            LocalStack stack = temporary.stack();
            List<Component> first = stack.components();
            Software software = new Binaries(System.getenv(), SILENT).provide();

            stack.start(software);
            assertThat(stack.components()).extracting(Component::pid).isEqualTo(pids(first));

            ProcessHandle victim = handle(component(first, SeaweedFsServer.NAME));
            victim.destroyForcibly();
            victim.onExit().join();
            assertThat(component(stack.components(), SeaweedFsServer.NAME).state())
                    .isEqualTo(ComponentState.Died);

            stack.start(software);
            List<Component> last = stack.components();
            assertThat(last).allMatch(component -> component.state() == ComponentState.Running);
            assertThat(component(last, SeaweedFsServer.NAME).pid())
                    .isNotEqualTo(component(first, SeaweedFsServer.NAME).pid());
            assertThat(component(last, PostgresServer.NAME).pid())
                    .isEqualTo(component(first, PostgresServer.NAME).pid());
        }
    }

    @Test
    void a_directory_with_other_files_is_neither_used_nor_removed(@TempDir Path directory) throws IOException {
        Path letter = Files.writeString(directory.resolve("letter.txt"), "dear");
        LocalStack stack = new LocalStack(new StateDirectory(directory), InstantSource.system(), SILENT);
        Software software = new Binaries(System.getenv(), SILENT).provide();

        assertThatExceptionOfType(StackException.class)
                .isThrownBy(() -> stack.start(software))
                .withMessageContaining("other files");
        assertThatExceptionOfType(StackException.class).isThrownBy(stack::wipe);
        assertThat(letter).exists();
        assertThat(directory).isDirectoryContaining(file -> file.equals(letter));
    }

    private static void write(StackEndpoints endpoints) throws SQLException {
        try (KubernetesClient admin = endpoints.kubernetes().adminClient();
                Connection connection = operator(endpoints);
                Statement statement = connection.createStatement();
                S3Client s3 = S3Access.client(endpoints.objectStore())) {
            admin.resource(new NamespaceBuilder()
                            .withNewMetadata()
                            .withName("kept")
                            .endMetadata()
                            .build())
                    .create();
            statement.execute("CREATE SCHEMA kept");
            s3.createBucket(request -> request.bucket("kept"));
        }
    }

    private static void assertWritten(StackEndpoints endpoints) throws SQLException {
        try (KubernetesClient admin = endpoints.kubernetes().adminClient();
                Connection connection = operator(endpoints);
                Statement statement = connection.createStatement();
                ResultSet schemas = statement.executeQuery("SELECT 1 FROM pg_namespace WHERE nspname = 'kept'");
                S3Client s3 = S3Access.client(endpoints.objectStore())) {
            assertThat(admin.namespaces().withName("kept").get()).isNotNull();
            assertThat(schemas.next()).isTrue();
            assertThat(s3.listBuckets().buckets()).extracting(Bucket::name).contains("kept");
        }
    }

    private static Connection operator(StackEndpoints endpoints) throws SQLException {
        StackEndpoints.Postgres postgres = endpoints.postgres();
        return DriverManager.getConnection(
                postgres.jdbcUrl(postgres.database()), postgres.operatorUser(), postgres.operatorPassword());
    }

    /** The components and all that they started, such as PostgreSQL's background workers. */
    private static List<ProcessHandle> processesOf(LocalStack stack) {
        return stack.components().stream()
                .map(LocalStackRestartIT::handle)
                .flatMap(handle -> Stream.concat(Stream.of(handle), handle.descendants()))
                .toList();
    }

    private static ProcessHandle handle(Component component) {
        return ProcessHandle.of(component.pid().orElseThrow()).orElseThrow();
    }

    private static Component component(List<Component> components, String name) {
        return components.stream()
                .filter(component -> component.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<OptionalLong> pids(List<Component> components) {
        return components.stream().map(Component::pid).toList();
    }
}
