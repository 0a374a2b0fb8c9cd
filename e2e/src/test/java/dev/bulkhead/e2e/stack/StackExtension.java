package dev.bulkhead.e2e.stack;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Gives tests a running stack, as parameters of type {@link StackEndpoints} and, as its administrator, {@link
 * KubernetesClient}. The administrator has broken the glass: tests plant what guards keep from everybody else. All tests of a JVM
 * share one: it starts when the first test asks for it, in a temporary directory, and ends with the JVM. Where a test failed, later runs,
 * such as the one in which it is tried again, get another: nobody knows what it left behind.
 *
 * <pre>{@code
 * @ExtendWith(StackExtension.class)
 * class QuotaIT {
 *     @Test
 *     void pods_beyond_the_quota_are_refused(KubernetesClient admin) { … }
 * }
 * }</pre>
 */
public final class StackExtension implements ParameterResolver, TestWatcher, AfterAllCallback {
    private static @Nullable Shared shared;

    /** The run of JUnit in which a test failed on the stack that runs. */
    private static @Nullable ExtensionContext spoiled;

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == StackEndpoints.class || type == KubernetesClient.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Shared running = shared(context.getRoot());
        return parameter.getParameter().getType() == StackEndpoints.class
                ? running.stack().endpoints()
                : running.admin();
    }

    @Override
    public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
        spoil(context.getRoot());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            spoil(context.getRoot());
        }
    }

    private static synchronized void spoil(ExtensionContext run) {
        spoiled = run;
    }

    /** Not a store of JUnit's: in one of several JVMs each class is a run of its own. */
    private static synchronized Shared shared(ExtensionContext run) {
        Shared running = shared;
        if (running != null && spoiled != null && !spoiled.equals(run)) {
            running.close();
            running = null;
            spoiled = null;
        }
        if (running == null) {
            TemporaryStack stack = TemporaryStack.start();
            running = new Shared(stack, brokeTheGlass(stack.endpoints()));
            shared = running;
        }
        return running;
    }

    /** A client of an administrator who broke the glass, whom no guard stops. */
    public static KubernetesClient brokeTheGlass(StackEndpoints endpoints) {
        try (KubernetesClient admin = endpoints.kubernetes().adminClient()) {
            return new KubernetesClientBuilder()
                    .withConfig(new ConfigBuilder(admin.getConfiguration())
                            .withImpersonateUsername("break-glass")
                            .withImpersonateGroups("system:masters", "bulkhead:break-glass")
                            .build())
                    .build();
        }
    }

    private record Shared(TemporaryStack stack, KubernetesClient admin) implements AutoCloseable {
        @Override
        public void close() {
            admin.close();
            stack.close();
        }
    }
}
