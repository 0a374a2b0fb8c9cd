package dev.bulkhead.e2e.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StackPortsTest {
    @Test
    void every_port_is_another() {
        StackPorts ports = StackPorts.choose(new SecureRandom());
        assertThat(IntStream.concat(
                        IntStream.of(
                                ports.etcd(),
                                ports.etcdPeer(),
                                ports.apiServer(),
                                ports.controllerManager(),
                                ports.postgres(),
                                ports.objectStore()),
                        ports.behindObjectStore()))
                .hasSize(13)
                .doesNotHaveDuplicates();
    }

    @Test
    void a_state_that_has_no_ports_for_what_runs_now_says_what_to_do(@TempDir Path directory) {
        StateDirectory state = new StateDirectory(directory);
        state.writePrivately("ports.json", """
                {"etcd": 20001, "etcdPeer": 20002, "apiServer": 20003, "controllerManager": 20004, "postgres": 20005,
                 "objectStore": 20006, "objectStoreAdmin": 20007}
                """.getBytes(StandardCharsets.UTF_8));

        assertThatExceptionOfType(StackException.class)
                .isThrownBy(() -> state.read("ports.json", StackPorts.class))
                .withMessageContaining("./bulkhead down --wipe");
    }
}
