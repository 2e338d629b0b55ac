package dev.dunlin.core.replay;

import dev.dunlin.core.log.Mismatch;
import java.util.List;

/**
 * The first step at which a replay differs from its record.
 *
 * @param mismatch the step and what differs
 * @param input the input as JSON text
 * @param causes the chain that led to the input, itself first: each answers an effect of the next
 * @param comparedAt the input after which a recorded state was there to be compared with: the divergent step itself where a
 *     second build replayed it, otherwise the nearest snapshot; 0 if there was none
 * @param differences the fields that differ there, replayed against recorded; later steps may have added to them
 */
public record Divergence(
        Mismatch mismatch, String input, List<String> causes, long comparedAt, List<JsonDifference> differences) {

    /** The report, some lines of text. */
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append("step ").append(mismatch.number()).append(" diverges: ").append(mismatch.what());
        text.append("\n  input: ").append(input);
        if (!mismatch.machines().isEmpty()) {
            text.append("\n  machines: ").append(String.join(", ", mismatch.machines()));
        }
        text.append("\n  causes:");
        causes.forEach(cause -> text.append("\n    ").append(cause));
        if (comparedAt > 0 && differences.isEmpty()) {
            text.append("\n  after step ")
                    .append(comparedAt)
                    .append(" the recorded state and the replayed one are the same");
        } else if (comparedAt > 0) {
            text.append("\n  fields that differ after step ").append(comparedAt).append(" (recorded -> replayed):");
            differences.forEach(difference -> text.append("\n    ").append(difference));
        }
        return text.toString();
    }
}
