package dev.bulkhead.e2e.stack;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests a running stack, as parameters of type {@link StackEndpoints} and, as its administrator, {@link
 * KubernetesClient}. The administrator has broken the glass: tests plant what guards keep from everybody else. All tests of a JVM
 * share one: it starts when the first test asks for it, in a temporary directory, and ends with the JVM.
 *
 * <pre>{@code
 * @ExtendWith(StackExtension.class)
 * class QuotaIT {
 *     @Test
 *     void pods_beyond_the_quota_are_refused(KubernetesClient admin) { … }
 * }
 * }</pre>
 */
public final class StackExtension implements ParameterResolver {
    private static @Nullable Shared shared;

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == StackEndpoints.class || type == KubernetesClient.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Shared stack = shared();
        return parameter.getParameter().getType() == StackEndpoints.class ? stack.endpoints() : stack.admin();
    }

    /** Not a store of JUnit's: in one of several JVMs each class is a run of its own. */
    private static synchronized Shared shared() {
        Shared running = shared;
        if (running == null) {
            StackEndpoints endpoints = TemporaryStack.start().endpoints();
            running = new Shared(endpoints, brokeTheGlass(endpoints));
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

    private record Shared(StackEndpoints endpoints, KubernetesClient admin) {}
}
