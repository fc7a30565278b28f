"""Other retrieval systems behind one shape; run by `benchmarks/peers.py` in a virtual environment of their own.

    python benchmarks/peer_systems.py < job.json

The job is an object of `system`, `model` (a folder), `documents` ([id, title, text] each) and `questions`. Prints one
line of JSON: seconds to ingest, milliseconds of each question, the documents found for it, and resident memory. It
imports nothing of this project.

Each system is set up as its documentation shows, by somebody who looks at what comes out:
- Every passage carries its document's title, as this project's do. A title in front of a text before it is cut becomes
  a passage of its own wherever the first paragraph is long, and EnsembleRetriever, which knows a passage by its text
  unless `id_key` is set, adds up the ranks of all those equal passages: of 200 paragraphs of squad2, 31 had one, and
  one that says "Normans" and no more came first.
- Passages are what the encoder reads in full (256 word pieces). LangChain's splitter keeps the size of its tutorial,
  Haystack's is set to 150 words (200 can be more than 256 word pieces), LlamaIndex's to 256 tokens (1,024 would be cut
  off). txtai's paragraphs are as long as they are, and it lets the encoder read 512.
- Words are compared as each system does by default, except LangChain's: its BM25Retriever takes what stands between
  white space, capitals and full stops included, and its documentation says to pass a `preprocess_func`. Words in lower
  case are passed here; the default has a row of its own.
- Fusion, weights and the space of vectors (all of length one, so that Chroma's order is that of cosine) are defaults.
- torch's threads sleep while they wait (OMP_WAIT_POLICY), which is not the default: by default they spin, and where
  anything else ran on the two cores a question took twenty times as long; that would be measured, not the system.
- What is loaded once (libraries, model, an empty store) is loaded, and one text encoded, before the clock starts.
"""

import json
import os
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HAYSTACK_TELEMETRY_DISABLED"):
    os.environ[name] = "1"
os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"
os.environ["ANONYMIZED_TELEMETRY"] = "False"
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch is loaded

FOUND = 20  # passages, of which the documents are taken
BATCH = 32  # texts; what all but LlamaIndex, which has 10, take at once by default
WARM_UP = ("What is this collection about?", "Who wrote it?", "When was it published?")  # asked before the clock starts
Job = dict
Search = Callable[[str], list[str]]
Begin = Callable[[], None]  # called once the libraries and the model are loaded


def titled(title: str, text: str) -> str:
    """A passage with its document's title, if it has one."""
    return f"{title}\n{text}" if title else text


def words(text: str) -> list[str]:
    """The words of a text in lower case."""
    return re.findall(r"\w+", text.lower())


def langchain(job: Job, folder: str, begin: Begin, *, hybrid: bool, words: Callable = str.split) -> Search:
    """LangChain's Chroma, with RecursiveCharacterTextSplitter; hybrid with BM25Retriever, by EnsembleRetriever."""
    from langchain_chroma import Chroma
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever
    from langchain_core.documents import Document
    from langchain_huggingface import HuggingFaceEmbeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    embeddings = HuggingFaceEmbeddings(model_name=job["model"], model_kwargs={"device": "cpu"})
    embeddings.embed_documents(WARM_UP[:1])
    store = Chroma(embedding_function=embeddings, persist_directory=folder)
    begin()
    documents = [Document(text, metadata={"doc": key, "title": title}) for key, title, text in job["documents"]]
    chunks = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(documents)
    for number, chunk in enumerate(chunks):
        chunk.page_content = titled(chunk.metadata["title"], chunk.page_content)
        chunk.metadata["passage"] = number
    store.add_documents(chunks)
    retriever = store.as_retriever(search_kwargs={"k": FOUND})
    if hybrid:
        by_words = BM25Retriever.from_documents(chunks, k=FOUND, preprocess_func=words)
        retriever = EnsembleRetriever(retrievers=[by_words, retriever], id_key="passage")
    return lambda question: [found.metadata["doc"] for found in retriever.invoke(question)]


def llama_index(job: Job, folder: str, begin: Begin, *, hybrid: bool) -> Search:
    """LlamaIndex's VectorStoreIndex over Chroma; hybrid with its BM25Retriever, by QueryFusionRetriever.

    It puts all metadata in front of each passage, and so the title; the documents' ids are kept out of that.
    """
    import chromadb
    from llama_index.core import Document, Settings, StorageContext, VectorStoreIndex
    from llama_index.core.llms import MockLLM
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.retrievers.bm25 import BM25Retriever
    from llama_index.vector_stores.chroma import ChromaVectorStore

    Settings.llm = MockLLM()
    Settings.embed_model = HuggingFaceEmbedding(model_name=job["model"], device="cpu", embed_batch_size=BATCH)
    Settings.embed_model.get_text_embedding(WARM_UP[0])
    collection = chromadb.PersistentClient(folder).create_collection("passages")
    splitter = SentenceSplitter(chunk_size=256, chunk_overlap=20)
    begin()
    unread = {"excluded_embed_metadata_keys": ["doc"], "excluded_llm_metadata_keys": ["doc"]}
    documents = [
        Document(text=text, metadata={"doc": key, **({"title": title} if title else {})}, **unread)
        for key, title, text in job["documents"]
    ]
    nodes = splitter.get_nodes_from_documents(documents)
    storage = StorageContext.from_defaults(vector_store=ChromaVectorStore(chroma_collection=collection))
    index = VectorStoreIndex(nodes, storage_context=storage)
    retriever = index.as_retriever(similarity_top_k=FOUND)
    if hybrid:
        by_words = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=FOUND)
        retriever = QueryFusionRetriever(
            [retriever, by_words], similarity_top_k=FOUND, num_queries=1, mode="reciprocal_rerank", use_async=False
        )
    return lambda question: [found.node.metadata["doc"] for found in retriever.retrieve(question)]


def haystack(job: Job, _folder: str, begin: Begin, *, hybrid: bool) -> Search:
    """Haystack's in-memory store, with its DocumentSplitter; hybrid with its BM25, by DocumentJoiner."""
    from haystack import Document
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.preprocessors import DocumentSplitter
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack_integrations.components.embedders.sentence_transformers import (
        SentenceTransformersDocumentEmbedder,
        SentenceTransformersTextEmbedder,
    )

    embedder = SentenceTransformersDocumentEmbedder(model=job["model"], progress_bar=False)
    embedder.warm_up()
    asking = SentenceTransformersTextEmbedder(model=job["model"], progress_bar=False)
    asking.warm_up()
    asking.run(WARM_UP[0])
    splitter = DocumentSplitter(split_by="word", split_length=150, split_overlap=20)
    splitter.warm_up()
    store = InMemoryDocumentStore(embedding_similarity_function="cosine")
    begin()
    documents = [Document(content=text, meta={"doc": key, "title": title}) for key, title, text in job["documents"]]
    chunks = [
        Document(content=titled(chunk.meta["title"], chunk.content), meta=chunk.meta)
        for chunk in splitter.run(documents)["documents"]
    ]
    store.write_documents(embedder.run(chunks)["documents"])
    by_vector = InMemoryEmbeddingRetriever(store, top_k=FOUND)
    by_words = InMemoryBM25Retriever(store, top_k=FOUND)
    joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=FOUND)

    def search(question: str) -> list[str]:
        found = by_vector.run(query_embedding=asking.run(question)["embedding"])["documents"]
        if hybrid:
            found = joiner.run([by_words.run(query=question)["documents"], found])["documents"]
        return [document.meta["doc"] for document in found]

    return search


def txtai(job: Job, _folder: str, begin: Begin, *, hybrid: bool) -> Search:
    """The embeddings database of txtai, of its Segmentation's paragraphs; hybrid by its own setting."""
    from txtai import Embeddings
    from txtai.pipeline import Segmentation

    embeddings = Embeddings(path=job["model"], hybrid=hybrid, gpu=False)
    embeddings.transform(WARM_UP[0])
    paragraphs = Segmentation(paragraphs=True)
    begin()
    chunks = [(key, titled(title, text)) for key, title, whole in job["documents"] for text in paragraphs(whole)]
    embeddings.index((number, text, None) for number, (_, text) in enumerate(chunks))
    return lambda question: [chunks[int(number)][0] for number, _ in embeddings.search(question, FOUND)]


# Name on the command line → name in tables, and what sets it up.
SYSTEMS: dict[str, tuple[str, Callable]] = {
    "langchain": ("LangChain + Chroma, vectors", partial(langchain, hybrid=False)),
    "langchain-hybrid": ("LangChain + Chroma, hybrid", partial(langchain, hybrid=True, words=words)),
    "langchain-hybrid-default": ("LangChain + Chroma, hybrid, default words", partial(langchain, hybrid=True)),
    "llama-index": ("LlamaIndex + Chroma, vectors", partial(llama_index, hybrid=False)),
    "llama-index-hybrid": ("LlamaIndex + Chroma, hybrid", partial(llama_index, hybrid=True)),
    "haystack": ("Haystack, vectors", partial(haystack, hybrid=False)),
    "haystack-hybrid": ("Haystack, hybrid", partial(haystack, hybrid=True)),
    "txtai": ("txtai, vectors", partial(txtai, hybrid=False)),
    "txtai-hybrid": ("txtai, hybrid", partial(txtai, hybrid=True)),
}


def main() -> None:
    """Do one job."""
    job = json.load(sys.stdin)
    started: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        _, opened = SYSTEMS[job["system"]]
        search = opened(job, folder, lambda: started.append(time.perf_counter()))
        ingest = time.perf_counter() - started[0]
        print(json.dumps({"ingest": ingest, **asked(search, job["questions"]), "memory": resident_megabytes()}))


def asked(search: Search, questions: list[str]) -> dict:
    """What is found for each question, and the milliseconds it took, after some that do not count."""
    for question in WARM_UP:
        search(question)
    took, found = [], []
    for question in questions:
        begun = time.perf_counter()
        found.append(list(dict.fromkeys(search(question))))
        took.append(1000 * (time.perf_counter() - begun))
    return {"took": took, "found": found}


def resident_megabytes() -> float:
    """The memory of this process that is in use now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


if __name__ == "__main__":
    main()
