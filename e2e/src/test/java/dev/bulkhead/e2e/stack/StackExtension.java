package dev.bulkhead.e2e.stack;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests a running stack, as parameters of type {@link StackEndpoints} and, as its administrator, {@link
 * KubernetesClient}. The administrator has broken the glass: tests plant what guards keep from everybody else. All tests of a JVM share one: it starts when the first test asks for it, in a temporary directory,
 * and is gone when the tests are.
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
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(StackExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == StackEndpoints.class || type == KubernetesClient.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Shared shared =
                context.getRoot().getStore(NAMESPACE).computeIfAbsent(Shared.class, _ -> Shared.start(), Shared.class);
        return parameter.getParameter().getType() == StackEndpoints.class ? shared.stack.endpoints() : shared.admin;
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

    /** Closed by JUnit after the last test. */
    private record Shared(TemporaryStack stack, KubernetesClient admin) implements AutoCloseable {
        static Shared start() {
            TemporaryStack stack = TemporaryStack.start();
            return new Shared(stack, brokeTheGlass(stack.endpoints()));
        }

        @Override
        public void close() {
            admin.close();
            stack.close();
        }
    }
}
