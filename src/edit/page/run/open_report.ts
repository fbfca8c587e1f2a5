import { api, asApiError, filePath } from "../api";
import { toast } from "../parts/toast";

/** Opens the HTML report of a result in a new tab of the browser, at a separate address. */
export async function openReport(name: string): Promise<void> {
  try {
    const { url } = await api.post<{ url: string }>(`results/${filePath(name)}/view`);
    const link = document.createElement("a");
    link.href = url;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    link.click();
  } catch (thrown) {
    toast(`The report cannot be opened: ${asApiError(thrown).message}`);
  }
}
