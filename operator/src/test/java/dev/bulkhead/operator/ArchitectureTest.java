package dev.bulkhead.operator;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.fabric8.kubernetes.client.CustomResource;
import java.time.Clock;
import java.util.Random;
import java.util.Set;

/** The rooms and their rules: what is pure stays pure, and no two rooms need each other. */
@AnalyzeClasses(packages = "dev.bulkhead", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final DescribedPredicate<JavaClass> PURE = simpleNameEndingWith("Planner")
            .or(resideInAnyPackage(
                    "dev.bulkhead.api..",
                    "dev.bulkhead.operator.identity..",
                    "dev.bulkhead.operator.outcome..",
                    "dev.bulkhead.operator.validate.."))
            .as("are planners or what they rest on");

    /** Of the client, only the class that the API's kinds extend, which happens to live beside it. */
    private static final DescribedPredicate<JavaClass> OUTSIDE = resideInAnyPackage(
                    "io.fabric8.kubernetes.client..",
                    "io.javaoperatorsdk..",
                    "java.sql..",
                    "javax.sql..",
                    "org.postgresql..",
                    "com.zaxxer..",
                    "software.amazon.awssdk..",
                    "java.net.http..",
                    "java.nio.file..")
            .and(not(equivalentTo(CustomResource.class)))
            .as("are clients or files");

    private static final Set<String> ENVIRONMENT =
            Set.of("getenv", "getProperty", "getProperties", "currentTimeMillis", "nanoTime");

    @ArchTest
    static final ArchRule pure_classes_talk_to_nobody =
            noClasses().that(PURE).should().dependOnClassesThat(OUTSIDE);

    @ArchTest
    static final ArchRule pure_classes_know_no_time_and_no_chance = noClasses()
            .that(PURE)
            .should()
            .dependOnClassesThat(assignableTo(Clock.class).or(assignableTo(Random.class)))
            .orShould()
            .callMethodWhere(describe("ask for the time or the environment", ArchitectureTest::readsTheWorld));

    /** Rooms whose plans a reader may take for all there is: nothing in them can have asked anybody. */
    @ArchTest
    static final ArchRule rooms_of_plans_hold_no_client = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.bulkhead.operator.access..",
                    "dev.bulkhead.operator.boundary..",
                    "dev.bulkhead.operator.network..",
                    "dev.bulkhead.operator.evidence..")
            .should()
            .dependOnClassesThat(OUTSIDE);

    /** The prober must never rest on the reconciler's word, so it cannot even see those who give it. */
    @ArchTest
    static final ArchRule the_prober_knows_no_room_of_the_operator = noClasses()
            .that()
            .resideInAPackage("dev.bulkhead.operator.probe..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.bulkhead.operator.tenant..",
                    "dev.bulkhead.operator.backend..",
                    "dev.bulkhead.operator.lifecycle..",
                    "dev.bulkhead.operator.workflow..");

    @ArchTest
    static final ArchRule rooms_have_no_cycles =
            slices().matching("dev.bulkhead.operator.(*)..").should().beFreeOfCycles();

    private static boolean readsTheWorld(JavaCall<?> call) {
        JavaClass owner = call.getTargetOwner();
        return (owner.isEquivalentTo(System.class) && ENVIRONMENT.contains(call.getName()))
                || (owner.getPackageName().equals("java.time") && call.getName().equals("now"));
    }
}
