"""Other retrieval systems behind one shape; run by `benchmarks/peers.py` in a virtual environment of their own.

    python benchmarks/peer_systems.py < job.json

The job is an object of `system`, `model` (a folder), `documents` ([id, title, text] each) and `questions`. Each system
is set up as its documentation shows, with its own splitter and defaults, and given the same model folder. Prints one
line of JSON: seconds to ingest, milliseconds of each question, the documents found for it, and resident memory. It
imports nothing of this project.
"""

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HAYSTACK_TELEMETRY_DISABLED"):
    os.environ[name] = "1"
os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

FOUND = 20  # passages, of which the documents are taken
Job = dict
Search = Callable[[str], list[str]]
Begin = Callable[[], None]  # called once the libraries and the model are loaded


def langchain(job: Job, folder: str, begin: Begin, *, hybrid: bool) -> Search:
    """LangChain's Chroma, with RecursiveCharacterTextSplitter; hybrid with BM25Retriever, by EnsembleRetriever."""
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_huggingface import HuggingFaceEmbeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    embeddings = HuggingFaceEmbeddings(model_name=job["model"], model_kwargs={"device": "cpu"})
    begin()
    documents = [Document(f"{title}\n{text}", metadata={"doc": key}) for key, title, text in job["documents"]]
    chunks = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(documents)
    store = Chroma.from_documents(chunks, embeddings, persist_directory=folder)
    if not hybrid:
        return lambda question: [found.metadata["doc"] for found in store.similarity_search(question, k=FOUND)]
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever

    by_words = BM25Retriever.from_documents(chunks, k=FOUND)
    both = EnsembleRetriever(retrievers=[by_words, store.as_retriever(search_kwargs={"k": FOUND})])
    return lambda question: [found.metadata["doc"] for found in both.invoke(question)]


def llama_index(job: Job, folder: str, begin: Begin, *, hybrid: bool) -> Search:
    """LlamaIndex's VectorStoreIndex over Chroma; hybrid with its BM25Retriever, by QueryFusionRetriever."""
    import chromadb
    from llama_index.core import Document, Settings, StorageContext, VectorStoreIndex
    from llama_index.core.llms import MockLLM
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.vector_stores.chroma import ChromaVectorStore

    Settings.llm = MockLLM()
    Settings.embed_model = HuggingFaceEmbedding(model_name=job["model"], device="cpu")
    begin()
    documents = [Document(text=f"{title}\n{text}", metadata={"doc": key}) for key, title, text in job["documents"]]
    nodes = SentenceSplitter(chunk_size=256, chunk_overlap=20).get_nodes_from_documents(documents)
    collection = chromadb.PersistentClient(folder).create_collection("passages")
    storage = StorageContext.from_defaults(vector_store=ChromaVectorStore(chroma_collection=collection))
    index = VectorStoreIndex(nodes, storage_context=storage)
    retriever = index.as_retriever(similarity_top_k=FOUND)
    if hybrid:
        from llama_index.core.retrievers import QueryFusionRetriever
        from llama_index.retrievers.bm25 import BM25Retriever

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
    begin()
    documents = [Document(content=f"{title}\n{text}", meta={"doc": key}) for key, title, text in job["documents"]]
    splitter = DocumentSplitter(split_by="word", split_length=150, split_overlap=20)
    splitter.warm_up()
    chunks = splitter.run(documents)["documents"]
    store = InMemoryDocumentStore(embedding_similarity_function="cosine")
    store.write_documents(embedder.run(chunks)["documents"])
    asking = SentenceTransformersTextEmbedder(model=job["model"], progress_bar=False)
    asking.warm_up()
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
    """The embeddings database of txtai, whole documents; hybrid by its own setting."""
    from txtai import Embeddings

    embeddings = Embeddings(path=job["model"], hybrid=hybrid, gpu=False)
    begin()
    embeddings.index((key, f"{title}\n{text}", None) for key, title, text in job["documents"])
    return lambda question: [str(key) for key, _ in embeddings.search(question, FOUND)]


SYSTEMS = {"LangChain + Chroma": langchain, "LlamaIndex + Chroma": llama_index, "Haystack": haystack, "txtai": txtai}


def main() -> None:
    """Do one job."""
    job = json.load(sys.stdin)
    name, _, kind = job["system"].partition(", ")
    started: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        begin = lambda: started.append(time.perf_counter())  # noqa: E731
        search = SYSTEMS[name](job, folder, begin, hybrid=kind == "hybrid")
        ingest = time.perf_counter() - started[0]
        print(json.dumps({"ingest": ingest, **asked(search, job["questions"]), "memory": resident_megabytes()}))


def asked(search: Search, questions: list[str]) -> dict:
    """What is found for each question, and the milliseconds it took, after one that does not count."""
    search(questions[0])
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
