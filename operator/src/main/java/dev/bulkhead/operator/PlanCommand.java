package dev.bulkhead.operator;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "plan")
final class PlanCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        return 1;
    }
}
